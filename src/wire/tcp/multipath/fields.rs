//! The fields of the option of Multipath TCP. RFC 8684 section 3

fields! {
    MPTCP = ours "tcp.options.mptcp", "RFC 8684 section 3",
        "Multipath TCP: one connection over several paths, each a TCP connection of its own (a subflow).", "";
    SUBTYPE = "tcp.options.mptcp.subtype", "RFC 8684 section 8.2", "Which message of Multipath TCP it is.", "";
    RESERVED = "tcp.options.mptcp.reserved", "RFC 8684 section 3", "Kept for later use; sent as 0.", "";
    BACKUP_FLAG = "tcp.options.mptcp.backup.flag", "RFC 8684 sections 3.2 and 3.3.8",
        "This path is to be used only when no other works.", "";
    ADDRID = "tcp.options.mptcp.addrid", "RFC 8684 section 3.4",
        "Number by which an address is called, also where a translator changes it.", "";
    VERSION = "tcp.options.mptcp.version", "RFC 8684 section 3.1",
        "Version of Multipath TCP.", "0: RFC 6824; 1: RFC 8684.";
    FLAGS = "tcp.options.mptcp.flags", "RFC 8684 section 3", "Flags of this message.", "";
    SENDKEY = "tcp.options.mptcp.sendkey", "RFC 8684 section 3.1",
        "Key of the sender, which later subflows prove to know.", "";
    RECVKEY = "tcp.options.mptcp.recvkey", "RFC 8684 sections 3.1 and 3.5", "Key of the receiver, returned.", "";
    DATALVLLEN = "tcp.options.mptcp.datalvllen", "RFC 8684 section 3.3",
        "How many bytes of this subflow the mapping covers.", "";
    CHECKSUM = "tcp.options.mptcp.checksum", "RFC 8684 section 3.3.1", "Checksum over the mapping and its data.", "";
    CHECKSUMREQ_FLAGS = "tcp.options.mptcp.checksumreq.flags", "RFC 8684 section 3.1",
        "The sender asks for checksums over the data of the connection.", "";
    EXTENSIBILITY_FLAG = "tcp.options.mptcp.extensibility.flag", "RFC 8684 section 3.1",
        "Kept for later versions; sent as 0.", "";
    NOMORESUBFLOWS_FLAG = "tcp.options.mptcp.nomoresubflows.flag", "RFC 8684 section 3.1",
        "The other end may open no further subflow to this address and port.", "";
    RESERVED_FLAG = "tcp.options.mptcp.reserved.flag", "RFC 8684 section 3",
        "Flags that are kept for later use; sent as 0.", "";
    SHA256_FLAG = "tcp.options.mptcp.sha256.flag", "RFC 8684 section 3.1",
        "Keys and tokens are worked out with HMAC-SHA256.", "";
    RECVTOK = "tcp.options.mptcp.recvtok", "RFC 8684 section 3.2",
        "Token of the receiver: which connection the new subflow joins.", "";
    SENDRAND = "tcp.options.mptcp.sendrand", "RFC 8684 section 3.2",
        "Random number, so that an old answer cannot be used again.", "";
    SENDTRUNCHMAC = "tcp.options.mptcp.sendtrunchmac", "RFC 8684 section 3.2",
        "Beginning of the proof that the sender knows both keys: the leftmost 64 bits of its HMAC.", "";
    SENDHMAC = "tcp.options.mptcp.sendhmac", "RFC 8684 section 3.2",
        "Proof that the sender knows both keys: the leftmost 160 bits of its HMAC.", "";
    DATAFIN_FLAG = "tcp.options.mptcp.datafin.flag", "RFC 8684 section 3.3.3",
        "The sender has no more data, on any path.", "";
    DSEQN8_FLAG = "tcp.options.mptcp.dseqn8.flag", "RFC 8684 section 3.3",
        "The data sequence number has 8 bytes and not 4.", "";
    DSEQNPRESENT_FLAG = "tcp.options.mptcp.dseqnpresent.flag", "RFC 8684 section 3.3",
        "The message has a mapping: data sequence number, subflow sequence number and length.", "";
    DATAACK8_FLAG = "tcp.options.mptcp.dataack8.flag", "RFC 8684 section 3.3",
        "The data ACK has 8 bytes and not 4.", "";
    DATAACKPRESENT_FLAG = "tcp.options.mptcp.dataackpresent.flag", "RFC 8684 section 3.3",
        "The message has a data ACK.", "";
    RAWDATAACK = "tcp.options.mptcp.rawdataack", "RFC 8684 section 3.3.2",
        "The next byte of the whole connection that the sender expects, whatever path brings it.", "";
    RAWDATASEQNO = "tcp.options.mptcp.rawdataseqno", "RFC 8684 section 3.3",
        "Number of the first byte in the stream of the whole connection.", "";
    SUBFLOWSEQNO = "tcp.options.mptcp.subflowseqno", "RFC 8684 section 3.3",
        "Number of the same byte in the subflow, counted from its start.", "";
    ECHO = "tcp.options.mptcp.echo", "RFC 8684 section 3.4.1",
        "Whether an address is announced, or its announcement is confirmed.", "1 confirms.";
    IPV4 = "tcp.options.mptcp.ipv4", "RFC 8684 section 3.4.1", "A further IPv4 address of the sender.", "";
    IPV6 = "tcp.options.mptcp.ipv6", "RFC 8684 section 3.4.1", "A further IPv6 address of the sender.", "";
    PORT = "tcp.options.mptcp.port", "RFC 8684 section 3.4.1", "Port at that address, when it is another one.", "";
    ADDADDRTRUNCHMAC = "tcp.options.mptcp.addaddrtrunchmac", "RFC 8684 section 3.4.1",
        "Proof that the announcement is the peer's own.", "";
    FLAG_U_FLAG = "tcp.options.mptcp.flag_U.flag", "RFC 8684 section 3.6", "Kept for later use; sent as 0.", "";
    FLAG_V_FLAG = "tcp.options.mptcp.flag_V.flag", "RFC 8684 section 3.6", "Kept for later use; sent as 0.", "";
    FLAG_W_FLAG = "tcp.options.mptcp.flag_W.flag", "RFC 8684 section 3.6", "Kept for later use; sent as 0.", "";
    FLAG_T_FLAG = "tcp.options.mptcp.flag_T.flag", "RFC 8684 section 3.6",
        "The trouble may pass: the subflow can be tried again.", "";
    RST_REASON = "tcp.options.mptcp.rst_reason", "RFC 8684 section 3.6", "Why the subflow is reset.", "";
    SUBTYPE_DATA = ours "tcp.options.mptcp.subtype_data", "RFC 8684 section 3",
        "The first bits that a message of another subtype carries.", "";
    DATA = ours "tcp.options.mptcp.data", "RFC 8684 section 3",
        "What a message of another subtype carries, from its fourth byte on.", "";
}
