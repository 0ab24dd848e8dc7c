//! A beacon over time as an SVG: each bar one part of its span, and below the hours of the day.

use crate::beacon::Beacon;
use std::fmt::Write;

/// Bars of the timeline.
pub(crate) const PARTS: usize = 168;
const WIDTH: usize = 1_008;
const HEIGHT: usize = 120;
const HOURS_HEIGHT: usize = 60;

/// Returns how many of the times fall into each part from the first to the last.
pub(crate) fn parts(times: &[i64]) -> Vec<u64> {
    let mut parts = vec![0; PARTS];
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return parts;
    };
    let span = i128::from(*last) - i128::from(*first) + 1;
    for time in times {
        let place = (i128::from(*time) - i128::from(*first)) * PARTS as i128 / span;
        if let Some(part) = usize::try_from(place).ok().and_then(|place| parts.get_mut(place)) {
            *part += 1;
        }
    }
    parts
}

impl Beacon {
    /// Returns a timeline of the beacon as SVG: calls over its span (of the hours that are kept, where it has more
    /// calls than are), and calls by hour of the day. Texts are escaped, and nothing in it is loaded from elsewhere.
    pub fn plot(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" font-family=\"sans-serif\" \
             font-size=\"12\">\n<title>{}</title>\n<text x=\"8\" y=\"16\">{}</text>\n<text x=\"8\" y=\"32\">{}</text>\n",
            WIDTH + 16,
            HEIGHT + HOURS_HEIGHT + 100,
            escaped(&format!("{} to {}", self.source, self.destination.value())),
            escaped(&format!(
                "{} to {}, score {} of 1000",
                self.source,
                self.destination.value(),
                self.score
            )),
            escaped(&self.why),
        );
        bars(&mut svg, &self.timeline, (40, HEIGHT));
        label(&mut svg, (8, 54 + HEIGHT), &self.when.first.to_string());
        label(&mut svg, (WIDTH - 160, 54 + HEIGHT), &self.when.last.to_string());
        bars(&mut svg, &self.histogram, (64 + HEIGHT, HOURS_HEIGHT));
        label(
            &mut svg,
            (8, 80 + HEIGHT + HOURS_HEIGHT),
            "calls by hour of the day, UTC",
        );
        svg.push_str("</svg>\n");
        svg
    }
}

fn label(svg: &mut String, (x, y): (usize, usize), text: &str) {
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
}

fn bars(svg: &mut String, counts: &[u64], (top, height): (usize, usize)) {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let step = WIDTH / counts.len().max(1);
    for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let tall = ((*count as u128 * height as u128).div_ceil(u128::from(most))) as usize;
        let _ = writeln!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{tall}\" fill=\"#26547c\"><title>{count}</title></rect>",
            8 + place * step,
            top + height - tall,
            step.max(2) - 1,
        );
    }
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, character| {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            control if control.is_control() => safe.push('?'),
            other => safe.push(other),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_every_time_once() {
        let times: Vec<i64> = (0..1_000).map(|call| call * 60_000_000).collect();
        let parts = parts(&times);
        assert_eq!(parts.iter().sum::<u64>(), 1_000);
        assert!(parts.iter().all(|part| (5..=7).contains(part)), "{parts:?}");
        assert_eq!(super::parts(&[]).len(), PARTS);
    }

    #[test]
    fn hostile_text_is_escaped() {
        assert_eq!(escaped("<a href=\"x\">&\0"), "&lt;a href=&quot;x&quot;&gt;&amp;?");
    }
}
