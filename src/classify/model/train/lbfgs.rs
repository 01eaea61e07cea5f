//! Limited-memory BFGS: minimises a smooth function. The same function and start give the same answer, bit for bit.

/// How many steps are remembered.
const HISTORY: usize = 6;

/// How often a step is halved before the search ends.
const HALVINGS: usize = 20;

/// A step that gains less than this share of the value ends the search.
const GAIN: f64 = 1e-5;

struct Step {
    moved: Vec<f32>,
    turned: Vec<f32>,
    scale: f64,
}

/// Minimises from `x`; `f` returns the value at a point and fills in the gradient.
pub(super) fn minimise(x: &mut [f32], iterations: usize, mut f: impl FnMut(&[f32], &mut [f32]) -> f64) {
    let mut gradient = vec![0f32; x.len()];
    let mut value = f(x, &mut gradient);
    let mut steps: Vec<Step> = Vec::new();
    let (mut next, mut next_gradient) = (vec![0f32; x.len()], vec![0f32; x.len()]);
    for _ in 0..iterations {
        let direction = direction(&gradient, &steps);
        let slope = -dot(&gradient, &direction);
        if slope > -1e-9 {
            return;
        }
        let Some(gained) = line_search(x, &mut next, &direction, |point, length| {
            let new = f(point, &mut next_gradient);
            (new <= value + 1e-4 * length * slope).then_some(value - new)
        }) else {
            return;
        };
        let moved: Vec<f32> = next.iter().zip(x.iter()).map(|(new, old)| new - old).collect();
        let turned: Vec<f32> = next_gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let curvature = dot(&moved, &turned);
        if curvature > 1e-10 {
            if steps.len() == HISTORY {
                steps.remove(0);
            }
            steps.push(Step { moved, turned, scale: 1.0 / curvature });
        }
        x.copy_from_slice(&next);
        std::mem::swap(&mut gradient, &mut next_gradient);
        value -= gained;
        if gained < GAIN * value.abs() {
            return;
        }
    }
}

/// The two-loop recursion.
fn direction(gradient: &[f32], steps: &[Step]) -> Vec<f32> {
    let mut direction = gradient.to_vec();
    let mut shares = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let share = step.scale * dot(&step.moved, &direction);
        add(-share, &step.turned, &mut direction);
        shares.push(share);
    }
    let first = steps.last().map_or_else(
        || 1.0 / dot(gradient, gradient).sqrt().max(1e-12),
        |step| 1.0 / (step.scale * dot(&step.turned, &step.turned)),
    );
    for value in &mut direction {
        *value = narrow(f64::from(*value) * first);
    }
    for (step, share) in steps.iter().zip(shares.iter().rev()) {
        let back = step.scale * dot(&step.turned, &direction);
        add(share - back, &step.moved, &mut direction);
    }
    direction
}

/// Halves the step until it gains enough.
fn line_search(
    from: &[f32],
    to: &mut [f32],
    direction: &[f32],
    mut gains: impl FnMut(&[f32], f64) -> Option<f64>,
) -> Option<f64> {
    let mut length = 1.0;
    for _ in 0..HALVINGS {
        for ((to, from), towards) in to.iter_mut().zip(from).zip(direction) {
            *to = narrow(f64::from(*from) - length * f64::from(*towards));
        }
        if let Some(gained) = gains(to, length) {
            return Some(gained);
        }
        length *= 0.5;
    }
    None
}

/// Sums in sixteen lanes and in a fixed order.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut total = 0f64;
    for (a, b) in a.chunks(4096).zip(b.chunks(4096)) {
        let mut lanes = [0f32; 16];
        let (a, a_rest) = a.as_chunks::<16>();
        let (b, b_rest) = b.as_chunks::<16>();
        for (a, b) in a.iter().zip(b) {
            for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
                *lane += a * b;
            }
        }
        let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
        total += f64::from(lanes.iter().sum::<f32>() + rest);
    }
    total
}

fn add(times: f64, what: &[f32], to: &mut [f32]) {
    let times = narrow(times);
    for (to, what) in to.iter_mut().zip(what) {
        *to += times * what;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are kept in single precision")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::minimise;

    #[test]
    fn the_bottom_of_a_bowl_is_found() {
        let mut x = vec![5.0, -3.0, 8.0];
        minimise(&mut x, 100, |x, gradient| {
            let targets = [1.0, 2.0, 3.0];
            let mut value = 0.0;
            for ((x, target), gradient) in x.iter().zip(targets).zip(gradient) {
                *gradient = 2.0 * target * (x - target);
                value += f64::from(target * (x - target) * (x - target));
            }
            value + 1.0
        });
        for (x, target) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((x - target).abs() < 0.05, "{x} is not {target}");
        }
    }
}
