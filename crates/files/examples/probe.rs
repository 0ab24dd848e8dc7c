fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let r = strongroom_files::examine(&path, &bytes, &Default::default());
        println!("{}", serde_json::to_string_pretty(&r).unwrap());
    }
}
