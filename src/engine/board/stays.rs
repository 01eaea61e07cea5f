//! Who is in a sprint compared with who was: what began, what ended. Pure.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use crate::allocation::Member;
use crate::store::Stay;

/// The stays that began, ended or look otherwise now.
pub(super) fn changed(known: &[Stay], present: &[Member], now: Timestamp) -> Vec<Stay> {
    let open: BTreeMap<&str, &Stay> =
        known.iter().filter(|stay| stay.left_at.is_none()).map(|stay| (stay.item.as_str(), stay)).collect();
    let here: HashSet<&str> = present.iter().map(|member| member.id.as_str()).collect();
    let gone = open.values().filter(|stay| !here.contains(stay.item.as_str()));
    let gone = gone.map(|stay| Stay { left_at: Some(now), ..(*stay).clone() });
    let new = present.iter().filter_map(|member| match open.get(member.id.as_str()) {
        Some(stay) if stay.member == *member => None,
        Some(stay) => Some(Stay { member: member.clone(), ..(*stay).clone() }),
        None => Some(Stay { item: member.id.clone(), came_at: now, left_at: None, member: member.clone() }),
    });
    gone.chain(new).collect()
}

/// When an item that is there now came.
pub(super) fn came_at(known: &[Stay], item: &str) -> Option<Timestamp> {
    known.iter().find(|stay| stay.left_at.is_none() && stay.item == item).map(|stay| stay.came_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn member(id: &str, done: bool) -> Member {
        Member { id: id.into(), done, ..Member::default() }
    }

    fn stay(id: &str, came: i64, left: Option<i64>) -> Stay {
        Stay { item: id.into(), came_at: at(came), left_at: left.map(at), member: member(id, false) }
    }

    #[test]
    fn only_what_changed_is_written() {
        let known = [stay("a", 1, None), stay("b", 1, None), stay("c", 1, Some(2)), stay("d", 1, None)];
        let present = [member("a", false), member("b", true), member("c", false), member("e", false)];
        let expected = [
            stay("d", 1, Some(9)),
            Stay { member: member("b", true), ..stay("b", 1, None) },
            stay("c", 9, None),
            stay("e", 9, None),
        ];
        assert_eq!(changed(&known, &present, at(9)), expected);
        assert_eq!(changed(&known[..1], &present[..1], at(9)), []);
        assert_eq!(came_at(&known, "a"), Some(at(1)));
        assert_eq!(came_at(&known, "c"), None);
    }
}
