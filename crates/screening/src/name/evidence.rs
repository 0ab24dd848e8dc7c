//! What besides the name speaks for or against a candidate: when somebody was born, and a country.

use super::score::{FactorKind, NameFactor, rounded};
use crate::{Birth, Entry};

/// The share of what was missing that the same day of birth gives, and that the same year gives.
const SAME_DAY: f64 = 0.25;
const SAME_YEAR: f64 = 0.1;
const SAME_COUNTRY: f64 = 0.05;
/// What is left if the years of birth are further apart than a clerk's error.
const OTHER_BIRTH: f64 = 0.8;
const OTHER_COUNTRY: f64 = 0.95;
/// Years that "circa" may be wrong by.
const CIRCA: u16 = 2;

/// The days that somebody may have been born on, from one to another, as `year * 10,000 + month * 100 + day`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days {
    first: u32,
    last: u32,
}

impl Days {
    fn of(birth: &Birth) -> Self {
        let about = if birth.circa { CIRCA } else { 0 };
        let day = |year: u16, month: u8, day: u8| {
            u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day)
        };
        let (month, of_month) = (birth.month, birth.day);
        Days {
            first: day(
                birth.from.saturating_sub(about),
                month.unwrap_or(1),
                of_month.unwrap_or(1),
            ),
            last: day(
                birth.to.saturating_add(about),
                month.unwrap_or(12),
                of_month.unwrap_or(31),
            ),
        }
    }

    fn is_day(self) -> bool {
        self.first == self.last
    }

    fn overlaps(self, other: Days) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Returns how many years lie between.
    fn years_apart(self, other: Days) -> u32 {
        let later = self.first.max(other.first) / 10_000;
        later.saturating_sub(self.last.min(other.last) / 10_000)
    }
}

/// What is known of a party besides its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// When it may have been born; several where a list gives several.
    pub births: Vec<Birth>,
    /// Countries of nationality, birth and residence, in lower case.
    pub countries: Vec<String>,
}

impl Particulars {
    /// Returns what an entry says: its dates of birth, its countries and those of its postal addresses.
    pub fn of(entry: &Entry) -> Self {
        let mut found = Particulars {
            births: entry.births.clone(),
            countries: Vec::new(),
        };
        let places = entry.places.iter().filter_map(|place| place.country.as_ref());
        for country in entry.countries.iter().chain(places) {
            found.country(country);
        }
        found
    }

    /// Adds a country, by whatever name the lists call it.
    pub fn country(&mut self, country: &str) {
        let country = country.trim().to_lowercase();
        if !country.is_empty() && !self.countries.contains(&country) {
            self.countries.push(country);
        }
    }

    /// Returns what these and another's say of a score, the more telling first.
    pub(crate) fn factors(&self, other: &Particulars) -> Vec<NameFactor> {
        let factors = [self.births(other), self.country_of(other)];
        factors.into_iter().flatten().collect()
    }

    fn births(&self, other: &Particulars) -> Option<NameFactor> {
        let days = |births: &[Birth]| -> Vec<Days> { births.iter().map(Days::of).collect() };
        let theirs = days(&other.births);
        let ours = days(&self.births);
        let pairs: Vec<(Days, Days)> = ours
            .iter()
            .flat_map(|one| theirs.iter().map(move |other| (*one, *other)))
            .collect();
        let same = pairs.iter().filter(|(one, other)| one.overlaps(*other));
        let is_day = |(one, other): &&(Days, Days)| one.is_day() && other.is_day();
        if same.clone().any(|pair| is_day(&pair)) {
            return Some(factor(FactorKind::SameBirth, SAME_DAY));
        }
        if same.count() > 0 {
            return Some(factor(FactorKind::SameBirth, SAME_YEAR));
        }
        let apart = pairs.iter().map(|(one, other)| one.years_apart(*other)).min()?;
        (apart > 1).then(|| factor(FactorKind::OtherBirth, OTHER_BIRTH))
    }

    fn country_of(&self, other: &Particulars) -> Option<NameFactor> {
        if self.countries.is_empty() || other.countries.is_empty() {
            return None;
        }
        let same = self
            .countries
            .iter()
            .any(|country| other.countries.contains(country));
        Some(if same {
            factor(FactorKind::SameCountry, SAME_COUNTRY)
        } else {
            factor(FactorKind::OtherCountry, OTHER_COUNTRY)
        })
    }

    /// Returns the least score of a name that these could raise to the threshold.
    pub(crate) fn least(&self, threshold: f64) -> f64 {
        let mut missing = 1.0 - threshold;
        if !self.births.is_empty() {
            missing /= 1.0 - SAME_DAY;
        }
        if !self.countries.is_empty() {
            missing /= 1.0 - SAME_COUNTRY;
        }
        // Rounded down: a score is a ten-thousandth more where it was rounded up.
        1.0 - missing - 0.0002
    }
}

fn factor(why: FactorKind, factor: f64) -> NameFactor {
    NameFactor { why, factor }
}

/// Returns the score after what speaks for and against it.
pub(crate) fn weighed(score: f64, factors: &[NameFactor]) -> f64 {
    let weighed = factors.iter().fold(score, |score, factor| match factor.why {
        FactorKind::SameBirth | FactorKind::SameCountry => score + (1.0 - score) * factor.factor,
        FactorKind::OtherBirth
        | FactorKind::OtherCountry
        | FactorKind::Order
        | FactorKind::LegalForm
        | FactorKind::Number
        | FactorKind::NumberMissing
        | FactorKind::Common => score * factor.factor,
    });
    rounded(weighed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(birth: &str, country: &str) -> Particulars {
        Particulars {
            births: Birth::read(birth).into_iter().collect(),
            countries: vec![country.to_owned()],
        }
    }

    #[test]
    fn dates_and_countries_speak_for_and_against() {
        let whys = |one: &Particulars, other: &Particulars| -> Vec<FactorKind> {
            one.factors(other).iter().map(|factor| factor.why).collect()
        };
        let asked = of("1971-03-28", "iran");
        assert_eq!(
            whys(&asked, &of("28 Mar 1971", "iran")),
            [FactorKind::SameBirth, FactorKind::SameCountry]
        );
        assert_eq!(
            whys(&asked, &of("circa 1973", "cuba")),
            [FactorKind::SameBirth, FactorKind::OtherCountry]
        );
        assert_eq!(
            whys(&asked, &of("1950 to 1960", "iran")),
            [FactorKind::OtherBirth, FactorKind::SameCountry]
        );
        // A year beside it may be a clerk's error.
        assert_eq!(whys(&asked, &of("1972", "iran")), [FactorKind::SameCountry]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_could_reach_the_threshold_is_below_the_least(score in 0.0_f64..=1.0, threshold in 0.0_f64..=1.0) {
            let asked = of("1971-03-28", "iran");
            if weighed(score, &asked.factors(&of("1971-03-28", "iran"))) >= threshold {
                proptest::prop_assert!(rounded(score) >= asked.least(threshold));
            }
        }
    }
}
