//! The scalar reverse tape: a list of operations with their partial derivatives, in execution
//! order.

use std::cell::RefCell;

/// A record of scalar operations, each reading at most two earlier nodes with known partial
/// derivatives.
///
/// [`Var`](super::Var) arithmetic writes it, and [`Var::gradient`](super::Var::gradient) reads it
/// backwards. Clearing keeps the memory, so a tape in a loop allocates only until its largest
/// round.
#[derive(Debug, Default)]
pub struct Tape {
    nodes: RefCell<Vec<Node>>,
}

/// ∂node/∂operand for two operands. All nodes have one size, so that recording is one push and a
/// sweep has no inner loop.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// For each operand its place on the tape plus 1, or 0 where there is no operand.
    operands: [u32; 2],
    partials: [f64; 2],
}

impl Tape {
    /// A tape without nodes; it allocates nothing.
    pub fn new() -> Tape {
        Tape::default()
    }

    /// The number of nodes recorded since the last clear.
    pub fn len(&self) -> usize {
        self.nodes.borrow().len()
    }

    /// Whether no node is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes every node and keeps the memory. It borrows exclusively, since no variable of this
    /// tape may be left.
    pub fn clear(&mut self) {
        self.nodes.get_mut().clear();
    }

    /// Records an independent variable and returns its place.
    #[inline]
    pub(super) fn push_input(&self) -> u32 {
        self.push([0, 0], [0.0, 0.0])
    }

    /// Records a node that reads one earlier node, and returns its place.
    #[inline]
    pub(super) fn push_unary(&self, operand: u32, partial: f64) -> u32 {
        self.push([operand + 1, 0], [partial, 0.0])
    }

    /// Records a node that reads two earlier nodes, and returns its place.
    #[inline]
    pub(super) fn push_binary(&self, operands: [u32; 2], partials: [f64; 2]) -> u32 {
        self.push(operands.map(|operand| operand + 1), partials)
    }

    #[inline]
    fn push(&self, operands: [u32; 2], partials: [f64; 2]) -> u32 {
        let mut nodes = self.nodes.borrow_mut();
        let place = nodes.len();
        assert!(place < u32::MAX as usize, "a tape holds at most {} nodes", u32::MAX);
        nodes.push(Node { operands, partials });
        place as u32
    }

    /// ∂output/∂node for the nodes from `first` to `output`, in one sweep that reads no earlier
    /// node.
    ///
    /// `adjoints` is resized and overwritten. The adjoint of node k stands at `k − first + 1`;
    /// place 0 has no meaning.
    ///
    /// # Panics
    /// If `first > output`, or there is no node `output`.
    ///
    /// # Cost
    /// Two multiply-adds per node.
    pub(super) fn adjoints(&self, first: u32, output: u32, adjoints: &mut Vec<f64>) {
        let nodes = self.nodes.borrow();
        assert!((output as usize) < nodes.len(), "node {output} is not among the {} recorded", nodes.len());
        assert!(first <= output, "node {first} was recorded after node {output}");
        let swept = &nodes[first as usize..=output as usize];
        adjoints.clear();
        adjoints.resize(swept.len() + 1, 0.0);
        adjoints[swept.len()] = 1.0;
        for (k, node) in swept.iter().enumerate().rev() {
            let adjoint = adjoints[k + 1];
            if adjoint == 0.0 {
                continue;
            }
            for (operand, partial) in node.operands.iter().zip(node.partials) {
                // Absent operands, and operands before `first`, fall on place 0.
                adjoints[operand.saturating_sub(first) as usize] += adjoint * partial;
            }
        }
    }
}
