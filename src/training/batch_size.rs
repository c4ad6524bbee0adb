//! How many points a step gets: few while the loss falls, more once it does not.

/// Steps over which the loss is averaged: its scatter from set to set is a factor of two.
const WINDOW: usize = 20;
/// The loss on fresh points must fall by this factor from one window to the next.
const LEAST_FALL: f64 = 1.25;
/// CollocationPoints of the largest set, in units of the first one.
pub(crate) const LARGEST: usize = 4;

/// Number of points per set. It doubles when the loss on fresh points stops falling: then a step
/// fits its own points and gives back on the next set what it gained on the last one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BatchSize {
    pub(super) points: usize,
    pub(super) most: usize,
    /// ln of the loss before each step since the size changed.
    pub(super) fresh: Vec<f64>,
}

impl BatchSize {
    pub fn new(points: usize) -> BatchSize {
        BatchSize { points, most: LARGEST * points, fresh: Vec::new() }
    }

    /// CollocationPoints of the next set.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Takes note of the loss on a fresh set, before the step on it.
    pub fn observe(&mut self, loss: f64) {
        self.fresh.push(loss.ln());
        if self.fresh.len() < 2 * WINDOW || self.points == self.most {
            return;
        }
        let late = self.fresh.split_off(self.fresh.len() - WINDOW);
        let early = &self.fresh[self.fresh.len() - WINDOW..];
        let mean = |logs: &[f64]| logs.iter().sum::<f64>() / WINDOW as f64;
        if mean(early) - mean(&late) < LEAST_FALL.ln() {
            *self = BatchSize { points: 2 * self.points, most: self.most, fresh: Vec::new() };
        } else {
            self.fresh.extend(late);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_when_the_loss_stands_still_and_only_then() {
        let mut size = BatchSize::new(100);
        (0..200).for_each(|k| size.observe(0.95f64.powi(k)));
        assert_eq!(size.points(), 100);
        (0..39).for_each(|_| size.observe(1e-3));
        let mut steps = 0;
        while size.points() == 100 {
            size.observe(1e-3);
            steps += 1;
        }
        assert!(steps <= 1, "{steps} more");
        (0..1000).for_each(|_| size.observe(1e-3));
        assert_eq!(size.points(), 400);
    }
}
