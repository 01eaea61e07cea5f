//! Boards: GitHub's projects, milestones and labels as places where sprints live, and the issue that carries the report.

mod milestones;
mod points;
mod project;
mod report;
mod weigh;
mod work;

use async_trait::async_trait;

use crate::backlog::{Place, Repository, Subject};
use crate::policy::{SprintMark, SprintSource};
use crate::tracker::{
    BoardView, Boards, Errand, PlannedItem, ReportItem, ReportNote, SprintDates, Tracker as _, TrackerError,
};

use super::adapter::GitHub;
use super::ids::{board_subject, lives_in};
use project::Declared;

#[async_trait]
impl Boards for GitHub {
    fn board_subject(&self, place: &Place, source: &SprintSource) -> Subject {
        board_subject(source, &place.repository)
    }

    fn board_id<'a>(&self, subject: &'a Subject) -> Option<&'a str> {
        lives_in(subject)
    }

    fn report_url(&self, repository: &Repository, key: &str, note: Option<&str>) -> Option<String> {
        let mut url = self.site()?.web;
        url.path_segments_mut().ok()?.pop_if_empty().extend(repository.name.split('/')).extend(["issues", key]);
        url.set_fragment(note.map(|note| format!("issuecomment-{note}")).as_deref());
        Some(url.into())
    }

    async fn board(
        &self,
        repository: &Repository,
        errand: &Errand,
        source: &SprintSource,
    ) -> Result<BoardView, TrackerError> {
        let desk = self.desk(repository, errand).await?;
        match source {
            SprintSource::GitHubProject { project, iteration_field, points_field } => {
                self.project(&desk, Declared::new(project, iteration_field.as_deref(), points_field.as_deref())).await
            }
            SprintSource::Milestones { choice, cadence } => self.milestones(&desk, choice, cadence.as_ref()).await,
            SprintSource::Cadence { cadence, mark } => self.calendar(&desk, cadence, mark).await,
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
        match source {
            SprintSource::GitHubProject { project, iteration_field, points_field } => {
                let declared = Declared::new(project, iteration_field.as_deref(), points_field.as_deref());
                self.project_items(&desk, declared, board, sprint).await
            }
            SprintSource::Cadence { mark: SprintMark::Label(_), .. } => self.labelled_items(&desk, sprint).await,
            SprintSource::Milestones { .. } | SprintSource::Cadence { .. } => self.milestone_items(&desk, sprint).await,
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
