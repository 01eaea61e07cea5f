//! Repositories, files, commits and statuses as JSON.

use base64::Engine as _;
use serde_json::{Value, json};

use super::super::state::{Account, AccountKind, Commit, File, Repository, Status, World};
use super::{merge, node_id, time, urls, user};

const ADDRESSES: &[(&str, &str)] = &[
    ("url", ""),
    ("forks_url", "/forks"),
    ("keys_url", "/keys{/key_id}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("teams_url", "/teams"),
    ("hooks_url", "/hooks"),
    ("issue_events_url", "/issues/events{/number}"),
    ("events_url", "/events"),
    ("assignees_url", "/assignees{/user}"),
    ("branches_url", "/branches{/branch}"),
    ("tags_url", "/tags"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("trees_url", "/git/trees{/sha}"),
    ("statuses_url", "/statuses/{sha}"),
    ("languages_url", "/languages"),
    ("stargazers_url", "/stargazers"),
    ("contributors_url", "/contributors"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("commits_url", "/commits{/sha}"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("comments_url", "/comments{/number}"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("contents_url", "/contents/{+path}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("merges_url", "/merges"),
    ("archive_url", "/{archive_format}{/ref}"),
    ("downloads_url", "/downloads"),
    ("issues_url", "/issues{/number}"),
    ("pulls_url", "/pulls{/number}"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("labels_url", "/labels{/name}"),
    ("releases_url", "/releases{/id}"),
    ("deployments_url", "/deployments"),
];

/// A repository, with the keys that answers and webhooks share.
pub(in super::super) fn repository(world: &World, repository: &Repository) -> Value {
    let full_name = repository.full_name();
    let api = format!("{}/repos/{full_name}", world.url);
    let html = format!("{}/{full_name}", world.url);
    let open = repository.open_issues();
    let identity = json!({
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": full_name,
        "private": repository.private,
        "owner": user(world, &repository.owner),
        "html_url": html,
        "description": null,
        "fork": false,
        "created_at": time(repository.created_at),
        "updated_at": time(repository.updated_at),
        "pushed_at": time(repository.commits.last().map_or(repository.created_at, |commit| commit.at)),
        "git_url": format!("git://{full_name}.git"),
        "ssh_url": format!("git@{full_name}.git"),
        "clone_url": format!("{html}.git"),
        "svn_url": html,
        "homepage": null,
    });
    let figures = json!({
        "size": 0, "stargazers_count": 0, "watchers_count": 0, "language": null,
        "has_issues": true, "has_projects": true, "has_downloads": true, "has_wiki": true, "has_pages": false,
        "has_discussions": false,
        "forks_count": 0, "mirror_url": null, "archived": repository.archived, "disabled": false,
        "open_issues_count": open, "license": null, "allow_forking": true, "is_template": false,
        "web_commit_signoff_required": false, "topics": [],
        "visibility": if repository.private { "private" } else { "public" },
        "forks": 0, "open_issues": open, "watchers": 0, "default_branch": repository.default_branch,
        "network_count": 0, "subscribers_count": 0, "custom_properties": {},
    });
    let known = merge(identity, Value::Object(urls(&api, ADDRESSES)));
    merge(known, figures)
}

/// A repository as a `push` event carries it: two times as seconds, the owner with a name, the page as `url`.
pub(in super::super) fn push_repository(world: &World, of: &Repository) -> Value {
    let owner = merge(user(world, &of.owner), json!({"name": of.owner.login, "email": mail(&of.owner)}));
    let pushed_at = of.commits.last().map_or(of.created_at, |commit| commit.at);
    let changes = json!({
        "owner": owner,
        "url": format!("{}/{}", world.url, of.full_name()),
        "created_at": of.created_at.as_second(),
        "pushed_at": pushed_at.as_second(),
        "stargazers": 0,
        "master_branch": of.default_branch,
    });
    let mut known = merge(repository(world, of), changes);
    if of.owner.kind == AccountKind::Organization {
        known = merge(known, json!({"organization": of.owner.login}));
    }
    known
}

/// The `organization` of a webhook, when the owner is one.
pub(in super::super) fn organization(world: &World, owner: &Account) -> Option<Value> {
    (owner.kind == AccountKind::Organization).then(|| {
        let base = format!("{}/orgs/{}", world.url, owner.login);
        let addresses = urls(
            &base,
            &[
                ("url", ""),
                ("repos_url", "/repos"),
                ("events_url", "/events"),
                ("hooks_url", "/hooks"),
                ("issues_url", "/issues"),
                ("members_url", "/members{/member}"),
                ("public_members_url", "/public_members{/member}"),
            ],
        );
        let facts = json!({
            "login": owner.login, "id": owner.id, "node_id": node_id("O", owner.id),
            "avatar_url": format!("{}/avatars/{}", world.url, owner.id), "description": "",
        });
        merge(facts, Value::Object(addresses))
    })
}

/// A `content-file`.
pub(in super::super) fn file(world: &World, of: &Repository, path: &str, file: &File) -> Value {
    let encoded = base64::engine::general_purpose::STANDARD.encode(&file.text);
    // GitHub breaks the text after every 60 characters.
    let mut content = String::with_capacity(encoded.len() + encoded.len() / 60 + 1);
    for (index, character) in encoded.chars().enumerate() {
        if index > 0 && index % 60 == 0 {
            content.push('\n');
        }
        content.push(character);
    }
    content.push('\n');
    merge(entry(world, of, path, "file", &file.sha, file.text.len()), json!({"content": content, "encoding": "base64"}))
}

/// What stands in a folder.
pub(in super::super) fn directory(world: &World, of: &Repository, folder: &str) -> Option<Value> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut entries: Vec<Value> = Vec::new();
    let mut last_folder = None;
    for (path, file) in &of.files {
        let Some(rest) = path.strip_prefix(&prefix) else { continue };
        match rest.split_once('/') {
            None => entries.push(entry(world, of, path, "file", &file.sha, file.text.len())),
            Some((name, _)) if last_folder.as_deref() != Some(name) => {
                entries.push(entry(world, of, &format!("{prefix}{name}"), "dir", &file.sha, 0));
                last_folder = Some(name.to_owned());
            }
            Some(_) => {}
        }
    }
    (folder.is_empty() || !entries.is_empty()).then(|| Value::Array(entries))
}

fn entry(world: &World, of: &Repository, path: &str, kind: &str, sha: &str, size: usize) -> Value {
    let api = format!("{}/repos/{}", world.url, of.full_name());
    let url = format!("{api}/contents/{path}?ref={}", of.default_branch);
    let git = format!("{api}/git/blobs/{sha}");
    let html = format!("{}/{}/blob/{}/{path}", world.url, of.full_name(), of.default_branch);
    json!({
        "name": path.rsplit('/').next(), "path": path, "sha": sha, "size": size, "url": url, "html_url": html,
        "git_url": git,
        "download_url": (kind == "file").then(|| format!("{}/raw/{}/{path}", world.url, of.full_name())),
        "type": kind, "_links": {"self": url, "git": git, "html": html},
    })
}

fn mail(account: &Account) -> String {
    format!("{}+{}@users.noreply.github.com", account.id, account.login)
}

/// A `commit`.
pub(in super::super) fn commit(world: &World, of: &Repository, commit: &Commit) -> Value {
    let api = format!("{}/repos/{}", world.url, of.full_name());
    let html = format!("{}/{}", world.url, of.full_name());
    let person = json!({"name": commit.author.login, "email": mail(&commit.author), "date": time(commit.at)});
    let parents: Vec<Value> = commit
        .parent
        .iter()
        .map(|sha| json!({"sha": sha, "url": format!("{api}/commits/{sha}"), "html_url": format!("{html}/commit/{sha}")}))
        .collect();
    let sha = &commit.sha;
    json!({
        "sha": sha,
        "node_id": node_id("C", commit.author.id),
        "commit": {
            "author": person, "committer": person, "message": commit.message,
            "tree": {"sha": sha, "url": format!("{api}/git/trees/{sha}")},
            "url": format!("{api}/git/commits/{sha}"), "comment_count": 0,
            "verification": {
                "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
            },
        },
        "url": format!("{api}/commits/{sha}"),
        "html_url": format!("{html}/commit/{sha}"),
        "comments_url": format!("{api}/commits/{sha}/comments"),
        "author": user(world, &commit.author),
        "committer": user(world, &commit.author),
        "parents": parents,
    })
}

/// A commit as a `push` event lists it.
pub(in super::super) fn push_commit(world: &World, of: &Repository, commit: &Commit) -> Value {
    let person = json!({"name": commit.author.login, "email": mail(&commit.author), "username": commit.author.login});
    json!({
        "id": commit.sha, "tree_id": commit.sha, "distinct": true, "message": commit.message,
        "timestamp": time(commit.at),
        "url": format!("{}/{}/commit/{}", world.url, of.full_name(), commit.sha),
        "author": person, "committer": person,
        "added": commit.added, "removed": commit.removed, "modified": commit.modified,
    })
}

/// A commit's `status`.
pub(in super::super) fn status(world: &World, of: &Repository, status: &Status) -> Value {
    json!({
        "url": format!("{}/repos/{}/statuses/{}", world.url, of.full_name(), status.sha),
        "avatar_url": format!("{}/avatars/{}", world.url, status.creator.id),
        "id": status.id, "node_id": node_id("SC", status.id), "state": status.state,
        "description": status.description, "target_url": status.target_url, "context": status.context,
        "created_at": time(status.at), "updated_at": time(status.at), "creator": user(world, &status.creator),
    })
}

/// The newest status of each context, and what they amount to.
pub(in super::super) fn combined_status(world: &World, of: &Repository, sha: &str) -> Value {
    let mut newest: Vec<&Status> = Vec::new();
    for one in of.statuses.iter().rev().filter(|one| one.sha == sha) {
        if newest.iter().all(|known| known.context != one.context) {
            newest.push(one);
        }
    }
    let any = |states: &[&str]| newest.iter().any(|one| states.contains(&one.state.as_str()));
    let state = if any(&["error", "failure"]) {
        "failure"
    } else if newest.is_empty() || any(&["pending"]) {
        "pending"
    } else {
        "success"
    };
    let url = format!("{}/repos/{}/commits/{sha}", world.url, of.full_name());
    json!({
        "state": state, "sha": sha, "total_count": newest.len(),
        "statuses": newest.iter().map(|one| status(world, of, one)).collect::<Vec<_>>(),
        "repository": repository(world, of), "commit_url": url, "url": format!("{url}/status"),
    })
}
