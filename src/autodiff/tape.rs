//! The scalar reverse tape: every operation with its partial derivatives, in the order it happened.

use std::cell::RefCell;

/// A record of scalar operations, each reading earlier nodes with known partial derivatives.
///
/// Written by [`Var`](super::Var) arithmetic, read backwards by [`Var::gradient`](super::Var::gradient). Clearing keeps the
/// memory, so a tape in a loop allocates only until its largest round.
#[derive(Debug, Default)]
pub struct Tape {
    record: RefCell<Record>,
}

#[derive(Debug, Default)]
struct Record {
    /// Node k reads `operands[ends[k−1]..ends[k]]`.
    ends: Vec<usize>,
    operands: Vec<(usize, f64)>,
}

impl Tape {
    /// An empty tape.
    pub fn new() -> Tape {
        Tape::default()
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.record.borrow().ends.len()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets every node and keeps the memory. Exclusive, since variables of this tape must be gone.
    pub fn clear(&mut self) {
        let record = self.record.get_mut();
        record.ends.clear();
        record.operands.clear();
    }

    /// Records a node that reads the given earlier nodes with these partial derivatives.
    pub(super) fn push(&self, operands: impl IntoIterator<Item = (usize, f64)>) -> usize {
        let mut record = self.record.borrow_mut();
        record.operands.extend(operands);
        let end = record.operands.len();
        record.ends.push(end);
        record.ends.len() - 1
    }

    /// ∂output/∂node for every node up to `output`, in one sweep; `adjoints` is resized and overwritten.
    ///
    /// # Panics
    /// If there is no node `output`.
    ///
    /// # Cost
    /// A multiply-add per recorded operand.
    pub(super) fn adjoints(&self, output: usize, adjoints: &mut Vec<f64>) {
        let record = self.record.borrow();
        assert!(output < record.ends.len(), "node {output} is not among the {} recorded", record.ends.len());
        adjoints.clear();
        adjoints.resize(output + 1, 0.0);
        adjoints[output] = 1.0;
        for node in (0..=output).rev() {
            let adjoint = adjoints[node];
            if adjoint == 0.0 {
                continue;
            }
            let begin = if node == 0 { 0 } else { record.ends[node - 1] };
            for &(operand, partial) in &record.operands[begin..record.ends[node]] {
                adjoints[operand] += adjoint * partial;
            }
        }
    }
}
