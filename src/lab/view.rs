//! What is shown of a run.

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::render::text_style::TimeFormat;
use crate::render::view::View;
use crate::render::views;

/// What is shown of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabView {
    /// One screen: the exchange, what to notice, what to do next.
    Overview,
    /// All of it: the screens, the ladder, the packets that matter most, what was seen.
    Story,
    /// A view of the packets.
    Packets(&'static View),
}

impl LabView {
    /// How times are written unless the user says so.
    #[must_use]
    pub const fn times(self) -> TimeFormat {
        match self {
            Self::Overview | Self::Story => TimeFormat::Local,
            Self::Packets(view) => view.times,
        }
    }
}

impl ValueEnum for LabView {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<LabView>> = LazyLock::new(|| {
            let views = views::ALL.into_iter().map(LabView::Packets);
            [LabView::Overview, LabView::Story].into_iter().chain(views).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = match self {
            Self::Overview => ("overview", "One screen: the exchange, what to notice, what to do next"),
            Self::Story => (
                "story",
                "All of it: the screens, the ladder, the packets that matter most, what was seen",
            ),
            Self::Packets(view) => (view.name, view.about),
        };
        Some(PossibleValue::new(name).help(about))
    }
}
