#![no_main]

// Pcap and pcapng by their magic; otherwise the bytes are the frames of a pcap, a length of two bytes before each.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut framed = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0].to_vec();
    framed.extend([0; 8]);
    framed.extend([0, 0, 4, 0, 1, 0, 0, 0]);
    let mut rest = data;
    while let Some(([low, high], more)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(more.len());
        let (frame, more) = more.split_at(length);
        for word in [7, 7, length as u32, length as u32] {
            framed.extend(word.to_le_bytes());
        }
        framed.extend(frame);
        rest = more;
    }
    for bytes in [data, &framed] {
        let mut reader = strongroom_network::Reader::new(&strongroom_model::Limits::default());
        reader.read("trace.pcap", bytes);
        let evidence = strongroom_model::Evidence::of_bytes("trace.pcap", strongroom_model::Kind::Pcap, bytes);
        reader.finish(evidence, &|_| vec!["known".to_owned()]);
    }
});
