//! Parses the words of a formula to its tree, by recursive descent.

use super::Span;
use super::fault::{Fault, Located};
use super::syntax::{Expression, Index, Kind, Operator, Statement};
use super::token::{Token, tokens};

/// Parses the statements of a formula.
pub(super) fn statements(text: &str) -> Result<Vec<Statement>, Located> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let mut found = Vec::new();
    while parser.next < parser.tokens.len() {
        if *parser.peek() == Token::End {
            parser.next += 1;
            continue;
        }
        found.push(parser.statement()?);
        if *parser.peek() != Token::End {
            return Err(parser.expected("the end of the statement"));
        }
    }
    Ok(found)
}

/// Parses a text that is one expression.
pub(super) fn expression(text: &str) -> Result<Expression, Located> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let found = parser.sum()?;
    if parser.next + 1 < parser.tokens.len() {
        return Err(parser.expected("the end of the expression"));
    }
    Ok(found)
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    next: usize,
    depth: usize,
}

/// The largest depth of nested brackets and signs; more would exhaust the stack.
const DEEPEST: usize = 200;

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)].0
    }

    fn span(&self) -> Span {
        self.tokens[self.next.min(self.tokens.len() - 1)].1
    }

    /// The place of the word before.
    fn last(&self) -> Span {
        self.tokens[self.next - 1].1
    }

    fn expected(&self, what: &'static str) -> Located {
        Fault::Expected { what, found: self.peek().shown() }.at(self.span())
    }

    /// Takes the symbol if it comes next, and says whether it did.
    fn takes(&mut self, symbol: &str) -> bool {
        let here = matches!(self.peek(), Token::Symbol(s) if *s == symbol);
        self.next += usize::from(here);
        here
    }

    fn require(&mut self, symbol: &'static str) -> Result<(), Located> {
        if self.takes(symbol) { Ok(()) } else { Err(self.expected(symbol)) }
    }

    fn statement(&mut self) -> Result<Statement, Located> {
        let left = self.sum()?;
        if self.takes("~") {
            let span = self.span();
            let Token::Name(distribution) = self.peek().clone() else {
                return Err(self.expected("a distribution"));
            };
            self.next += 1;
            self.require("(")?;
            let arguments = self.arguments(")")?;
            return Ok(Statement::Distributed { left, distribution, span, arguments });
        }
        let Kind::Name(name) = left.kind else {
            return Err(Fault::Expected {
                what: "a statement (name = …, … ~ …(…), target += …)",
                found: "an expression".to_string(),
            }
            .at(left.span));
        };
        if self.takes("+=") {
            if name != "target" {
                let found = format!("{name:?}");
                return Err(Fault::Expected { what: "`target` before +=", found }.at(left.span));
            }
            return Ok(Statement::Add { value: self.sum()? });
        }
        if self.takes("=") {
            return Ok(Statement::Define { name, span: left.span, value: self.sum()? });
        }
        Err(self.expected("=, ~ or +="))
    }

    fn sum(&mut self) -> Result<Expression, Located> {
        let mut left = self.product()?;
        loop {
            let operator = match () {
                () if self.takes("+") => Operator::Add,
                () if self.takes("-") => Operator::Subtract,
                () => return Ok(left),
            };
            left = binary(operator, left, self.product()?);
        }
    }

    fn product(&mut self) -> Result<Expression, Located> {
        let mut left = self.signed()?;
        loop {
            let operator = match () {
                () if self.takes("*") || self.takes(".*") => Operator::Multiply,
                () if self.takes("/") || self.takes("./") => Operator::Divide,
                () => return Ok(left),
            };
            left = binary(operator, left, self.signed()?);
        }
    }

    /// A sign binds less than a power: −x² is −(x²).
    fn signed(&mut self) -> Result<Expression, Located> {
        if self.depth == DEEPEST {
            return Err(self.expected("a formula with less than 200 brackets inside each other"));
        }
        self.depth += 1;
        let found = self.signed_within();
        self.depth -= 1;
        found
    }

    fn signed_within(&mut self) -> Result<Expression, Located> {
        let span = self.span();
        if self.takes("-") {
            let inner = self.signed()?;
            return Ok(Expression { span: span.to(inner.span), kind: Kind::Negative(Box::new(inner)) });
        }
        if self.takes("+") {
            return self.signed();
        }
        self.power()
    }

    /// Powers bind from the right: x^2^3 is x^(2^3).
    fn power(&mut self) -> Result<Expression, Located> {
        let base = self.postfix()?;
        if self.takes("^") || self.takes(".^") {
            return Ok(binary(Operator::Power, base, self.signed()?));
        }
        Ok(base)
    }

    fn postfix(&mut self) -> Result<Expression, Located> {
        let mut of = self.primary()?;
        while self.takes("[") {
            let mut indices = vec![self.index()?];
            while self.takes(",") {
                indices.push(self.index()?);
            }
            self.require("]")?;
            let span = of.span.to(self.last());
            of = Expression { kind: Kind::Index { of: Box::new(of), indices }, span };
        }
        Ok(of)
    }

    fn index(&mut self) -> Result<Index, Located> {
        if self.takes(":") || matches!(self.peek(), Token::Symbol("," | "]")) {
            return Ok(Index::All);
        }
        let from = self.sum()?;
        if self.takes(":") {
            return Ok(Index::Range(from, self.sum()?));
        }
        Ok(Index::At(from))
    }

    fn primary(&mut self) -> Result<Expression, Located> {
        let span = self.span();
        match self.peek().clone() {
            Token::Number(x) => {
                self.next += 1;
                Ok(Expression { kind: Kind::Number(x), span })
            }
            Token::Name(name) => {
                self.next += 1;
                if self.takes("(") {
                    let arguments = self.arguments(")")?;
                    return Ok(Expression {
                        kind: Kind::Call { name, arguments },
                        span: span.to(self.last()),
                    });
                }
                Ok(Expression { kind: Kind::Name(name), span })
            }
            Token::Symbol("(") => {
                self.next += 1;
                let inner = self.sum()?;
                self.require(")")?;
                Ok(Expression { span: span.to(self.last()), ..inner })
            }
            Token::Symbol("[") => {
                self.next += 1;
                let entries = self.arguments("]")?;
                Ok(Expression { kind: Kind::List(entries), span: span.to(self.last()) })
            }
            _ => Err(self.expected("a number, a name or a bracket")),
        }
    }

    /// The arguments up to the closing bracket, which is taken; `|` separates as a comma does.
    fn arguments(&mut self, close: &'static str) -> Result<Vec<Expression>, Located> {
        let mut found = Vec::new();
        if self.takes(close) {
            return Ok(found);
        }
        loop {
            found.push(self.sum()?);
            if self.takes(close) {
                return Ok(found);
            }
            if !(self.takes(",") || self.takes("|")) {
                return Err(self.expected(if close == ")" { ", or )" } else { ", or ]" }));
            }
        }
    }
}

fn binary(operator: Operator, left: Expression, right: Expression) -> Expression {
    let span = left.span.to(right.span);
    Expression { kind: Kind::Binary(operator, Box::new(left), Box::new(right)), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expression with a bracket around every operation.
    fn shown(e: &Expression) -> String {
        let all = |list: &[Expression]| list.iter().map(shown).collect::<Vec<_>>().join(", ");
        let index = |i: &Index| match i {
            Index::All => ":".to_string(),
            Index::At(e) => shown(e),
            Index::Range(a, b) => format!("{}:{}", shown(a), shown(b)),
        };
        match &e.kind {
            Kind::Number(x) => x.to_string(),
            Kind::Name(name) => name.clone(),
            Kind::Negative(inner) => format!("(-{})", shown(inner)),
            Kind::Binary(operator, a, b) => format!("({} {} {})", shown(a), operator.sign(), shown(b)),
            Kind::Call { name, arguments } => format!("{name}({})", all(arguments)),
            Kind::List(entries) => format!("[{}]", all(entries)),
            Kind::Index { of, indices } => {
                format!("{}[{}]", shown(of), indices.iter().map(index).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn tree(text: &str) -> String {
        shown(&expression(text).unwrap())
    }

    #[test]
    fn operators_bind_as_in_mathematics() {
        assert_eq!(tree("a + b * c ^ -2 ^ d - e / f"), "((a + (b * (c ^ (-(2 ^ d))))) - (e / f))");
        assert_eq!(tree("-x^2 + -(y)"), "((-(x ^ 2)) + (-y))");
        assert_eq!(tree("f(a, b | c)[i, :][2:n] .* [1, -2]"), "(f(a, b, c)[i, :][2:n] * [1, (-2)])");
        assert_eq!(tree("X[, 2] - X[1]"), "(X[:, 2] - X[1])");
    }

    #[test]
    fn statements_of_three_kinds() {
        let found = statements("a = 1\nx ~ normal(a, 2); target += a * x\n").unwrap();
        assert!(matches!(&found[0], Statement::Define { name, .. } if name == "a"));
        assert!(matches!(&found[1], Statement::Distributed { distribution, arguments, .. }
            if distribution == "normal" && arguments.len() == 2));
        assert!(matches!(&found[2], Statement::Add { .. }));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_should_stand_there_is_said() {
        let fault = |text: &str| statements(text).unwrap_err().fault.to_string();
        assert_eq!(fault("a = 1 2"), "the end of the statement should stand here, not 2");
        assert_eq!(fault("a = (1 + 2"), ") should stand here, not the end of the statement");
        assert_eq!(fault("a ~ 3"), "a distribution should stand here, not 3");
        assert_eq!(fault("mu"), "=, ~ or += should stand here, not the end of the statement");
        assert_eq!(fault("x += 3"), "`target` before += should stand here, not \"x\"");
        assert!(fault("x + 1").starts_with("a statement"));
        assert!(fault(&format!("a = {}", "(".repeat(100_000))).starts_with("a formula with less than 200"));
        assert_eq!(fault("a = *"), "a number, a name or a bracket should stand here, not \"*\"");
    }
}
