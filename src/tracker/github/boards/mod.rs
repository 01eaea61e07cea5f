//! Boards: GitHub's projects, milestones and labels as places where sprints live, and the issue that carries the report.

mod milestones;
mod points;
mod project;
mod report;
mod work;

use async_trait::async_trait;

use crate::backlog::{Place, Repository, Subject};
use crate::policy::SprintSource;
use crate::tracker::{
    BoardView, Boards, Errand, PlannedItem, ReportItem, ReportNote, SprintDates, Tracker as _, TrackerError,
};

use super::adapter::GitHub;
use super::ids::{board_subject, project_node_id};
use project::Declared;

#[async_trait]
impl Boards for GitHub {
    fn board_subject(&self, place: &Place, source: &SprintSource) -> Subject {
        board_subject(source, &place.repository)
    }

    fn board_id<'a>(&self, subject: &'a Subject) -> Option<&'a str> {
        project_node_id(subject)
    }

    async fn board(
        &self,
        repository: &Repository,
        errand: &Errand,
        source: &SprintSource,
    ) -> Result<BoardView, TrackerError> {
        let desk = self.desk(repository, errand).await?;
        match declared(source) {
            Some(declared) => self.project(&desk, declared).await,
            None => self.milestones(&desk, None).await,
        }
    }

    async fn planned(
        &self,
        repository: &Repository,
        errand: &Errand,
        source: &SprintSource,
        board: &BoardView,
        sprint: &SprintDates,
    ) -> Result<Vec<PlannedItem>, TrackerError> {
        let desk = self.desk(repository, errand).await?;
        match declared(source) {
            Some(declared) => self.project_items(&desk, declared, board, sprint).await,
            None if sprint.handle.parse::<u64>().is_ok() => self.milestone_items(&desk, sprint).await,
            None => self.labelled_items(&desk, sprint).await,
        }
    }

    async fn find_report(
        &self,
        repository: &Repository,
        errand: &Errand,
        key: &str,
    ) -> Result<Option<ReportItem>, TrackerError> {
        let me = self.me().await?;
        self.search_report(&self.desk(repository, errand).await?, &me, key).await
    }

    async fn open_report(
        &self,
        repository: &Repository,
        errand: &Errand,
        key: &str,
        title: &str,
        markdown: &str,
    ) -> Result<ReportItem, TrackerError> {
        self.create_report(&self.desk(repository, errand).await?, key, title, markdown).await
    }

    async fn write_report(
        &self,
        repository: &Repository,
        errand: &Errand,
        report: &ReportItem,
        key: &str,
        markdown: &str,
    ) -> Result<(), TrackerError> {
        self.edit_report(&self.desk(repository, errand).await?, report, key, markdown).await
    }

    async fn upsert_report_note(
        &self,
        repository: &Repository,
        errand: &Errand,
        report: &ReportItem,
        key: &str,
        known: Option<&str>,
        markdown: &str,
    ) -> Result<String, TrackerError> {
        let me = self.me().await?;
        self.put_report_note(&self.desk(repository, errand).await?, &me, report, key, known, markdown).await
    }

    async fn report_notes(
        &self,
        repository: &Repository,
        errand: &Errand,
        report: &ReportItem,
    ) -> Result<Vec<ReportNote>, TrackerError> {
        let me = self.me().await?;
        self.own_notes(&self.desk(repository, errand).await?, &me, report).await
    }
}

/// The project that the source names; none: it lives in the repository itself.
fn declared(source: &SprintSource) -> Option<Declared<'_>> {
    let SprintSource::GitHubProject { project, iteration_field, points_field } = source;
    Some(Declared {
        project,
        iteration_field: iteration_field.as_deref(),
        points_field: points_field.as_deref(),
    })
}
