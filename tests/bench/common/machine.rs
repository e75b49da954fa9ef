//! Where and when it was measured.

use std::fmt;

/// What the machine had to do meanwhile: the load of a minute, after each run.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    loads: Vec<f64>,
}

impl Machine {
    /// Looks at the load.
    pub(crate) fn look(&mut self) {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        self.loads
            .extend(load.split(' ').next().and_then(|load| load.parse::<f64>().ok()));
    }

    /// `lowest to highest` load.
    pub(crate) fn load(&self) -> String {
        let load = |pick: fn(f64, f64) -> f64| self.loads.iter().copied().reduce(pick).unwrap_or(f64::NAN);
        format!("{} to {}", load(f64::min), load(f64::max))
    }
}

/// Date, processor, kernel.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu
            .lines()
            .find_map(|line| line.strip_prefix("model name"))
            .unwrap_or_default();
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        write!(
            f,
            "{date}. {model}, {cores} cores, Linux {kernel}.",
            date = chrono::Utc::now().format("%Y-%m-%d"),
            model = model.trim_start_matches([' ', '\t', ':']),
            cores = std::thread::available_parallelism().map_or(0, usize::from),
            kernel = kernel.trim(),
        )
    }
}
