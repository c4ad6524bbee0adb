//! The number of points of a step: small while the loss falls, larger once it does not.

/// Number of steps over which the loss is averaged. Its scatter from batch to batch is a factor of
/// two.
const WINDOW: usize = 20;
/// Factor by which the loss on fresh points must fall from one window to the next.
const LEAST_FALL: f64 = 1.25;
/// Size of the largest batch, in units of the first one.
pub(crate) const LARGEST: usize = 4;

/// Number of points per batch. It doubles when the loss on fresh points stops falling: a step then
/// fits its own points, and loses on the next batch what it gained on the last one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BatchSize {
    pub(super) points: usize,
    pub(super) most: usize,
    /// ln of the loss before each step since the batch size changed.
    pub(super) fresh: Vec<f64>,
}

impl BatchSize {
    pub fn new(points: usize) -> BatchSize {
        BatchSize { points, most: LARGEST * points, fresh: Vec::new() }
    }

    /// Number of points of the next batch.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Records the loss on a fresh batch, before the step on it.
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
