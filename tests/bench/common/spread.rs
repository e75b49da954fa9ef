//! What several runs come to.

/// Median, lowest and highest.
pub(crate) struct Spread {
    pub(crate) lowest: f64,
    pub(crate) median: f64,
    pub(crate) highest: f64,
}

impl Spread {
    pub(crate) fn of<T>(all: &[T], of: impl Fn(&T) -> f64) -> Self {
        let mut values: Vec<f64> = all.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self {
            lowest: at(0),
            median: at(values.len() / 2),
            highest: at(values.len().saturating_sub(1)),
        }
    }
}
