//! stub
use crate::gather::Gathering;
use strongroom_model::Limits;
pub(crate) fn read(_bytes: &[u8], _limits: &Limits, _gathering: &mut Gathering) {}
