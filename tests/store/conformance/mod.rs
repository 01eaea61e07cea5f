//! What every store must do. A case is a function over a fresh store, or over a backend where it opens it several times;
//! [`conformance!`] makes a test of each for one backend.

pub(crate) mod boards;
pub(crate) mod durability;
pub(crate) mod endings;
pub(crate) mod inbox;
pub(crate) mod leases;
pub(crate) mod memory;
pub(crate) mod queue;
pub(crate) mod rekeying;
pub(crate) mod turns;

use std::sync::Arc;

use async_trait::async_trait;
use plimsoll::store::Store;

/// A database of its own for one case, empty at first.
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    /// Opens it; also while it is open already, and again after that.
    async fn open(&self) -> Arc<dyn Store>;
}

/// Makes a test of every case: `conformance!(make_backend)`, where `make_backend()` gives a [`Backend`].
macro_rules! conformance {
    ($backend:path) => {
        $crate::conformance::conformance! { @stores $backend;
            inbox: a_new_delivery_makes_its_subjects_dirty, a_delivery_seen_before_changes_nothing,
                two_trackers_may_use_the_same_delivery_id, the_same_delivery_at_the_same_time_counts_once,
                concurrent_deliveries_all_count, an_ignored_delivery_is_recorded_and_makes_no_work,
                deliveries_come_newest_first_and_remember_their_subjects,
                events_are_shown_oldest_first_with_their_deliveries,
                a_flood_of_events_is_shown_in_portions_and_none_is_lost,
                a_delivery_is_forgotten_when_it_is_worked_off, a_lost_delivery_is_asked_for_ever_more_seldom, a_delivery_tells_the_name_of_its_repository;
            queue: work_waits_for_its_due_time, a_new_event_makes_waiting_work_due, the_most_urgent_lane_counts,
                a_later_due_time_does_not_delay_what_is_due, enqueued_events_are_shown, a_subject_follows_its_newest_place,
                nothing_of_a_resting_installation_is_claimed, a_rest_is_never_shortened,
                a_new_event_does_not_wake_a_resting_installation, the_next_due_time_knows_leases_and_rests,
                the_pace_of_each_installation_is_kept, a_tick_is_taken_once, old_ticks_are_forgotten, concurrent_ticks_are_taken_once, the_work_table_shows_dead_rows_first,
                the_depth_of_each_lane_is_told, a_dead_subject_can_be_retried,
                all_that_is_dead_can_be_retried_at_once, retrying_what_runs_runs_it_once_more, a_subject_that_is_not_there_cannot_be_retried,
                fractions_of_a_millisecond_do_not_matter;
            leases: a_leased_subject_is_nobody_elses, one_subject_is_claimed_by_name, concurrent_claims_share_nothing,
                what_arrives_meanwhile_makes_it_dirty_again, a_lease_that_ran_out_may_be_taken,
                a_late_worker_changes_nothing, a_lease_that_nobody_took_is_still_ours,
                a_renewed_lease_lasts, what_a_dead_process_had_in_hand_is_taken_back, a_lost_lease_is_not_renewed,
                a_lost_lease_is_told_from_a_later_one_of_the_same_subject, an_ended_claim_cannot_be_ended_again;
            endings: done_takes_the_subject_out_of_the_table, later_is_no_attempt_and_keeps_its_events,
                later_means_later_even_if_something_arrived, failures_count_until_it_is_dead,
                a_new_event_revives_the_dead, an_event_meanwhile_forgives_the_failure,
                looking_again_remembers_since_when, an_event_makes_what_was_missing_present,
                released_work_is_due_now, every_ending_keeps_memory_and_records;
            rekeying: a_rekeyed_subject_takes_its_events_along, the_most_urgent_lane_of_both_counts,
                memory_moves_along_unless_the_new_one_has_its_own, a_running_claim_does_not_consume_what_was_moved_to_it,
                what_arrived_meanwhile_stays_with_the_old_name, a_subject_may_keep_its_id_in_another_place;
            turns: lanes_are_served_in_order, repositories_take_turns, one_of_each_then_a_second_of_each,
                the_longest_due_goes_first_within_a_repository, a_noisy_repository_delays_others_by_one_turn,
                turns_are_kept_per_lane;
            memory: nothing_is_known_at_first, a_repository_is_known_by_its_name, a_policy_is_kept_as_it_was_found,
                an_item_is_remembered_as_it_was, items_come_newest_first, items_of_one_repository_stay_apart, records_come_newest_first, old_records_are_forgotten, a_repository_that_is_lost_begins_anew,
                a_repository_under_another_installation_goes_on_where_it_was,
                hostile_text_is_kept_as_it_is, corrections_are_kept_and_counted;
            boards: a_board_belongs_to_the_file_that_declared_it_first, a_board_that_is_no_longer_declared_keeps_its_history,
                a_board_of_a_repository_out_of_reach_is_free, a_board_is_found_by_what_events_call_it, sprints_are_remembered_with_who_was_in_them,
                candidates_are_open_technical_and_in_no_sprint, a_measure_keeps_its_history, a_moved_item_stays_in_its_sprint;
        }
        $crate::conformance::conformance! { @backends $backend;
            durability: what_was_acknowledged_is_there_after_reopening, a_lease_outlives_its_process,
                two_stores_on_one_database_share_the_work, a_closed_store_says_so, closing_writes_what_was_asked_for;
        }
    };
    (@stores $backend:path; $($room:ident: $($case:ident),+;)+) => { $(mod $room { $(
        #[tokio::test]
        async fn $case() {
            let backend = $backend();
            let store = $crate::conformance::Backend::open(&backend).await;
            $crate::conformance::$room::$case(&*store).await;
        }
    )+ })+ };
    (@backends $backend:path; $($room:ident: $($case:ident),+;)+) => { $(mod $room { $(
        #[tokio::test]
        async fn $case() {
            $crate::conformance::$room::$case(&$backend()).await;
        }
    )+ })+ };
}
pub(crate) use conformance;
