//! Two readings become one, so that files can be read on several threads.

use crate::flow::{At, Lasted, Seen};
use crate::traffic::{Sign, Subject, Target, Traffic};
use std::collections::hash_map::Entry;

/// The numbers of another reading in terms of this one.
struct Numbers {
    file_offset: u32,
    ips: Vec<u32>,
    names: Vec<u32>,
    urls: Vec<u32>,
    texts: Vec<u32>,
}

impl Traffic {
    /// Takes in all that another reading kept.
    pub(crate) fn absorb(&mut self, mut other: Traffic) {
        let numbers = self.translate(&mut other);
        for ((source, target), mut flow) in other.flows {
            flow.ips = flow.ips.into_iter().map(|ip| of(&numbers.ips, ip)).collect();
            flow.ends = flow
                .ends
                .map(|(first, last)| (numbers.at(first), numbers.at(last)));
            flow.longest = flow.longest.map(|longest| Lasted {
                at: numbers.at(longest.at),
                ..longest
            });
            let key = (of(&numbers.ips, source), numbers.target(target));
            let known = self.flows.entry(key).or_default();
            let before = known.weight();
            known.join(flow, &self.files);
            self.weight = self.weight - before + known.weight();
        }
        for ((source, subject), seen) in other.seen {
            let seen = Seen {
                at: numbers.at(seen.at),
                ..seen
            };
            self.see_all(of(&numbers.ips, source), numbers.subject(subject), seen);
        }
        for ((source, domain), mut names) in other.domains {
            names.seen.at = numbers.at(names.seen.at);
            let key = (of(&numbers.ips, source), of(&numbers.texts, domain));
            match self.domains.entry(key) {
                Entry::Vacant(place) => self.weight += place.insert(names).weight(),
                Entry::Occupied(mut place) => {
                    let known = place.get_mut();
                    let before = known.weight();
                    known.join(names, &self.files);
                    self.weight = self.weight - before + known.weight();
                }
            }
        }
        for ((source, sign), seen) in other.signs {
            let seen = Seen {
                at: numbers.at(seen.at),
                ..seen
            };
            self.see_sign((of(&numbers.ips, source), numbers.sign(sign)), seen);
        }
        for ((source, host), (permuted, seen)) in other.permuted {
            let seen = Seen {
                at: numbers.at(seen.at),
                ..seen
            };
            self.permute(
                (of(&numbers.ips, source), of(&numbers.texts, host)),
                permuted,
                seen,
            );
        }
        for (ip, name) in other.safe {
            self.mark_safe(of(&numbers.ips, ip), name);
        }
        self.proxies
            .extend(other.proxies.iter().map(|ip| of(&numbers.ips, *ip)));
        let captures = other.captures.iter().map(|file| file + numbers.file_offset);
        self.captures.extend(captures);
        self.resolved |= other.resolved;
    }

    fn translate(&mut self, other: &mut Traffic) -> Numbers {
        let file_offset = u32::try_from(self.files.len()).expect("fewer than 2³² files");
        self.files.append(&mut other.files);
        let ips = std::mem::take(&mut other.ips).into_values();
        let names = std::mem::take(&mut other.names).into_values();
        let urls = std::mem::take(&mut other.urls).into_values();
        let texts = std::mem::take(&mut other.texts).into_values();
        Numbers {
            file_offset,
            ips: ips.iter().map(|ip| self.ips.id(ip, |ip| *ip)).collect(),
            names: names.iter().map(|name| self.name(name)).collect(),
            urls: urls.iter().map(|url| self.url(url)).collect(),
            texts: texts.iter().map(|text| self.text(text)).collect(),
        }
    }
}

impl Numbers {
    fn at(&self, at: At) -> At {
        At {
            file: at.file + self.file_offset,
            ..at
        }
    }

    fn target(&self, target: Target) -> Target {
        match target {
            Target::Ip(ip) => Target::Ip(of(&self.ips, ip)),
            Target::Name(name) => Target::Name(of(&self.names, name)),
        }
    }

    fn sign(&self, sign: Sign) -> Sign {
        match sign {
            Sign::Ja3(text) => Sign::Ja3(of(&self.texts, text)),
            Sign::Ja4(text) => Sign::Ja4(of(&self.texts, text)),
            Sign::Agent(text) => Sign::Agent(of(&self.texts, text)),
            Sign::Ssh(text) => Sign::Ssh(of(&self.texts, text)),
        }
    }

    fn subject(&self, subject: Subject) -> Subject {
        match subject {
            Subject::Connection(ip, port) => Subject::Connection(of(&self.ips, ip), port),
            Subject::Mention(ip, port) => Subject::Mention(of(&self.ips, ip), port),
            Subject::Query(name) => Subject::Query(of(&self.names, name)),
            Subject::Host(name) => Subject::Host(of(&self.names, name)),
            Subject::Sni(name) => Subject::Sni(of(&self.names, name)),
            Subject::Url(url) => Subject::Url(of(&self.urls, url)),
        }
    }
}

fn of(numbers: &[u32], id: u32) -> u32 {
    *numbers
        .get(id as usize)
        .expect("every number was handed out by the reading that is taken in")
}
