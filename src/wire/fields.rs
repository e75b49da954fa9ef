//! The names of a header's fields, what each is for, and where it is defined.

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// Wireshark's filter name; see `FieldDef::id`.
    pub id: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// What its values mean, beyond what its format shows; may be empty.
    pub values: &'static str,
    /// Where it is defined.
    pub source: &'static str,
}

/// The fields of a file's tables.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// The filter names of them all.
    pub ids: &'static [&'static str],
    /// Those of them that are in the manner of Wireshark, for what Wireshark has no field for.
    pub ours: &'static [&'static str],
    /// What each is for; of protocols that a course does not look at, none is there.
    pub purposes: &'static [Purpose],
}

/// The first half of a header's descriptor: a line for each field with the constant that stands for its filter name, the filter
/// name, and, for those that `--explain` knows, where the field is defined, what it is for, and what its values mean. The tables
/// below it, the second half, place these constants: the same field may stand in several messages, or at several places.
///
/// `ours` comes before a name that is not Wireshark's.
///
/// The filter name is written here and nowhere else: a constant that is misspelt does not compile.
macro_rules! fields {
    (@name ours $id:literal) => {
        $id
    };
    ($($name:ident = $($ours:ident)? $id:literal $(, $source:literal, $purpose:literal, $values:literal)?;)+) => {
        /// The filter names of the fields: Wireshark's, or in the manner of Wireshark where it has none.
        pub mod id {
            $(
                #[doc = concat!("`", $id, "`")]
                pub const $name: &str = $id;
            )+
        }

        pub(crate) const FIELDS: $crate::wire::fields::Fields = $crate::wire::fields::Fields {
            ids: &[$($id),+],
            ours: &[$($(fields!(@name $ours $id),)?)+],
            purposes: &[$($($crate::wire::fields::Purpose {
                id: $id,
                source: $source,
                purpose: $purpose,
                values: $values,
            },)?)+],
        };
    };
}
