//! Indicators while they are gathered: each observable once, at the first place of its gravest part.

use crate::extract::{Extraction, Indicator};
use std::collections::BTreeMap;
use strongroom_model::{Gap, Limit, Limits, Observable, Role};

pub(crate) struct Gathering {
    allowed: usize,
    by_observable: BTreeMap<Observable, usize>,
    indicators: Vec<Indicator>,
    gaps: Vec<Gap>,
    full: bool,
}

impl Gathering {
    pub(crate) fn new(limits: &Limits) -> Self {
        Gathering {
            allowed: limits.rows as usize,
            by_observable: BTreeMap::new(),
            indicators: Vec::new(),
            gaps: Vec::new(),
            full: false,
        }
    }

    pub(crate) fn gap(&mut self, gap: Gap) {
        // A hostile file could make a gap of each of its bytes.
        if self.gaps.len() < self.allowed {
            self.gaps.push(gap);
        }
    }

    pub(crate) fn take(&mut self, indicator: Indicator) {
        if let Some(at) = self.by_observable.get(&indicator.observable) {
            if let Some(known) = self.indicators.get_mut(*at)
                && known.role() == Role::Mentioned
                && indicator.role() == Role::Indicator
            {
                *known = indicator;
            }
        } else if self.indicators.len() < self.allowed {
            self.by_observable
                .insert(indicator.observable.clone(), self.indicators.len());
            self.indicators.push(indicator);
        } else if !self.full {
            self.full = true;
            let detail = format!(
                "the first {} are kept, more follow in line {}",
                self.allowed, indicator.line
            );
            self.gaps.push(Gap::limit("observables", Limit::Rows, detail));
        }
    }

    pub(crate) fn extraction(mut self) -> Extraction {
        let place = |one: &Indicator| (one.page, one.line, one.at.clone());
        self.indicators
            .sort_by(|a, b| (place(a), &a.observable).cmp(&(place(b), &b.observable)));
        Extraction {
            indicators: self.indicators,
            gaps: self.gaps,
        }
    }
}
