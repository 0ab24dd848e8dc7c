#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let pattern = serde_json::Value::from(String::from_utf8_lossy(data));
    let bundle = format!("{{\"type\":\"bundle\",\"objects\":[{{\"type\":\"indicator\",\"pattern\":{pattern}}}]}}");
    let _ = strongroom_intel::extract(bundle.as_bytes(), &Limits::default());
});
