//! `/infra`, `/techdebt` and their like: one command for each of the policy's categories.
//!
//! The shipped categories have short words of their own; a team's own categories are called by their names.

use crate::backlog::CategoryName;
use crate::command::right::Right;

/// Who may set a category where the policy says nothing else.
pub(in crate::command) const RIGHT: Right = Right::Edit;

/// The words for a shipped category.
#[derive(Debug)]
pub(in crate::command) struct Shipped {
    /// The category's name, always understood too.
    pub category: &'static str,
    /// The command's name.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
}

/// The shipped categories in the default policy's order.
pub(in crate::command) const SHIPPED: [Shipped; 14] = [
    Shipped { category: "technical-debt", name: "techdebt", aliases: &["tech-debt"] },
    Shipped { category: "refactoring", name: "refactor", aliases: &[] },
    Shipped { category: "infrastructure", name: "infra", aliases: &[] },
    Shipped { category: "platform-upgrade", name: "upgrade", aliases: &[] },
    Shipped { category: "performance", name: "performance", aliases: &["perf"] },
    Shipped { category: "security", name: "security", aliases: &[] },
    Shipped { category: "developer-experience", name: "dx", aliases: &["devex"] },
    Shipped { category: "test-coverage", name: "tests", aliases: &[] },
    Shipped { category: "engineering-improvement", name: "improvement", aliases: &[] },
    Shipped { category: "feature", name: "feature", aliases: &["feat"] },
    Shipped { category: "bug", name: "bug", aliases: &[] },
    Shipped { category: "spike", name: "spike", aliases: &[] },
    Shipped { category: "documentation", name: "docs", aliases: &["doc"] },
    Shipped { category: "question", name: "question", aliases: &[] },
];

/// The words for a category: its command's name first, then others.
pub(in crate::command) fn words(category: &CategoryName) -> (&str, Vec<&str>) {
    match SHIPPED.iter().find(|shipped| shipped.category == category.as_str()) {
        Some(shipped) => {
            let full = Some(shipped.category).filter(|full| *full != shipped.name && !shipped.aliases.contains(full));
            (shipped.name, shipped.aliases.iter().copied().chain(full).collect())
        }
        None => (category.as_str(), Vec::new()),
    }
}

/// What a category's command does.
pub(in crate::command) fn does(category: &CategoryName) -> String {
    format!("sets the category `{category}`")
}

/// The shipped categories' names, for where there is no policy.
pub(in crate::command) fn shipped_names() -> impl Iterator<Item = CategoryName> {
    SHIPPED.iter().filter_map(|shipped| CategoryName::new(shipped.category).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_category_has_a_valid_name() {
        assert_eq!(shipped_names().count(), SHIPPED.len());
    }
}
