//! The protocols that have a table of fields here.

/// The list in `wire/mod.rs` as an enum.
macro_rules! protocols {
    ($($variant:ident: $module:ident::$header:ident, $explainer:path, $doc:literal;)*) => {
        /// A protocol whose header is read. The better known come first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Protocol {
            $(#[doc = $doc] $variant,)*
        }

        impl Protocol {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
        }
    };
}
headers!(protocols);
