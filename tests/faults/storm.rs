//! What goes wrong in a disturbed run, made from its seed: the API, the deliveries, the clock, the process.

use std::sync::Arc;

use jiff::SignedDuration;
use plimsoll::clock::Clock as _;
use plimsoll::sandbox::github::Fault;

use crate::dice::Dice;
use crate::world::World;

pub(crate) struct Storm {
    dice: Dice,
    /// Lies about something being gone; a second one within a round would be believed.
    lied: bool,
    /// Whether the service's clock is wrong.
    jumped: bool,
    /// Whether an hour's limit was used up in this round.
    used_up: bool,
}

impl Storm {
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(!seed), lied: false, jumped: false, used_up: false }
    }

    /// Before people do something.
    pub(crate) async fn before(&mut self, world: &mut World) {
        if self.dice.percent(50) {
            let fault = self.fault(world);
            world.github.script(fault);
        }
        if self.dice.percent(3) {
            world.github.expire_tokens();
        }
        // The end of the hour is told by GitHub's clock: a wrong clock cannot keep it. So a round has one or the other.
        if self.dice.percent(1) && !self.jumped {
            self.used_up = true;
            world.github.exhaust_rate_limit(self.dice.of::<&str>(&["acme", "umbrella"]));
        }
        if self.dice.percent(3) && !self.used_up {
            self.jumped = true;
            self.jump(world);
        }
        if self.dice.percent(3) {
            world.die_and_rise().await;
        }
    }

    /// After it: what becomes of the webhooks, and how far the bot comes.
    pub(crate) async fn after(&mut self, world: &mut World) {
        let github = &world.github;
        let event =
            *self.dice.of(&["issues", "issue_comment", "push", "issues.opened", "issues.edited", "issues.labeled"]);
        match self.dice.below(10) {
            0 => {
                github.lose_pending(event);
            }
            1 => {
                github.duplicate_pending(event);
            }
            2 => {
                let by = SignedDuration::from_secs(i64::try_from(self.dice.below(3_000)).unwrap());
                github.delay_pending(event, world.time.now() + by);
            }
            3 => github.reverse_pending(),
            4 => github.shuffle_pending(),
            _ => {}
        }
        match self.dice.below(4) {
            // Nothing arrives yet.
            0 => {}
            1 => {
                for _ in 0..self.dice.between(1, 3) {
                    world.github.deliver_next().await;
                }
                world.work(self.dice.percent(70)).await;
            }
            _ => {
                world.github.deliver_all().await;
                world.work(self.dice.percent(70)).await;
            }
        }
    }

    /// At the end of a round.
    pub(crate) fn is_over(&mut self, world: &World) {
        self.lied = false;
        self.used_up = false;
        if self.dice.percent(50) {
            self.jumped = false;
            world.clock.set_wrong(SignedDuration::ZERO);
            world.github.forgive_waits();
        }
    }

    fn jump(&self, world: &World) {
        let minutes = *self.dice.of(&[-180, -10, -1, 0, 1, 10, 180]);
        world.clock.set_wrong(SignedDuration::from_mins(minutes));
        // Whoever was told to wait by a clock that is then set anew cannot know better.
        world.github.forgive_waits();
    }

    fn fault(&mut self, world: &World) -> Fault {
        let dice = &self.dice;
        let method = *dice.of(&["*", "*", "GET", "POST", "POST", "DELETE", "PATCH"]);
        let fault = Fault::on(method, "/repos").sparing(u32::try_from(dice.below(6)).unwrap());
        let fault = if dice.percent(20) { fault.times(u32::try_from(dice.between(2, 4)).unwrap()) } else { fault };
        let lost_answer = dice.percent(50);
        let maybe_after = |fault: Fault| if lost_answer { fault.after() } else { fault };
        match dice.below(15) {
            0 | 1 => maybe_after(fault.drop_connection()),
            2 => maybe_after(fault.answer(500)),
            3 => maybe_after(fault.answer(502)),
            4 => maybe_after(fault.answer(503).header("retry-after", "7")),
            5 => fault.answer(429).header("retry-after", "30"),
            6 => fault.secondary_limit(Some(60)),
            7 => fault.secondary_limit(None),
            8 => fault.truncate(),
            // Never a lie that something is done: nobody could know.
            9 if method != "GET" && method != "*" => fault.answer(200).body(serde_json::json!("<html>")).after(),
            10 | 11 => maybe_after(Fault::on(method, "/repos").sparing(u32::try_from(dice.below(8)).unwrap()).hang()),
            12 => {
                let time = Arc::clone(&world.time);
                let by = SignedDuration::from_secs(*dice.of(&[1, 5, 20, 59, 61]));
                fault.meanwhile(move || time.advance(by))
            }
            13 => Fault::on("POST", "/app/installations").answer(*dice.of(&[500, 401, 404])),
            _ => self.refusal(),
        }
    }

    /// Answers that mean something: they strike where the bot tries again, and seldom. What it takes for an answer that
    /// will not change (no right to show a policy's state, rights that cannot be read) is left out.
    fn refusal(&mut self) -> Fault {
        let dice = &self.dice;
        let elsewhere = "https://evil.example/repositories/1/issues/1";
        match dice.below(5) {
            0 if !self.lied => {
                self.lied = true;
                Fault::on("GET", "/repos/acme/shop/issues/").answer(*dice.of(&[404, 410]))
            }
            1 => Fault::on("POST", "/repos/acme/shop/labels").answer(*dice.of(&[422, 404, 403])),
            2 => Fault::on("GET", "/repositories").answer(301).header("location", elsewhere),
            3 if !self.lied => {
                self.lied = true;
                Fault::on("GET", "/repositories").answer(*dice.of(&[404, 403, 500]))
            }
            _ => Fault::on("*", "/repos").sparing(2).answer(401),
        }
    }
}
