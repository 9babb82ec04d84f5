//! What is computed for each prompt and token beside the model: `cargo bench --locked`, or `cargo bench --locked -- trim`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

use dscoder::prompt::budget::fit;
use dscoder::prompt::infill;
use dscoder::shape::stop::{StopRules, Until};
use dscoder::shape::trim::Trim;
use dscoder::text::dialect::INDENTED;
use dscoder::vocabulary::Bytes;

/// 27 kB of Python.
const SOURCE: &str = include_str!("compare.py");

fn main() {
    divan::main();
}

/// Some 64 lines of an answer, in pieces of the size of tokens, and the text before and behind it.
fn answer() -> (&'static str, &'static str, Vec<&'static [u8]>) {
    let line = |number| SOURCE.match_indices('\n').nth(number).map_or(SOURCE.len(), |(at, _)| at + 1);
    let (start, end) = (line(60), line(124));
    (&SOURCE[..start], &SOURCE[end..], SOURCE.as_bytes()[start..end].chunks(4).collect())
}

#[divan::bench]
fn stop(bencher: Bencher<'_, '_>) {
    let (_, _, pieces) = answer();
    let stops = ["\n\n\n\n", "\nclass ", "# END", "```"].map(str::to_owned);
    bencher.counter(ItemsCount::new(pieces.len())).bench_local(|| {
        let mut rules = StopRules::new(&stops, Until::End);
        pieces.iter().for_each(|piece| drop(black_box(rules.push(piece))));
        rules.finish()
    });
}

#[divan::bench]
fn trim(bencher: Bencher<'_, '_>) {
    let (prefix, suffix, pieces) = answer();
    bencher.counter(ItemsCount::new(pieces.len())).bench_local(|| {
        let mut trim = Trim::new(&INDENTED, prefix, suffix);
        pieces.iter().for_each(|piece| drop(black_box(trim.push(piece))));
        trim.finish()
    });
}

/// A prompt of twice its capacity, one token a byte.
#[divan::bench]
fn budget(bencher: Bencher<'_, '_>) {
    let text = SOURCE.repeat(4);
    let prompt = infill::segments(&text, &text);
    bencher.counter(BytesCount::new(2 * text.len())).bench_local(|| fit(&prompt, &Bytes, text.len(), true));
}

#[cfg(has_demo)]
mod with_model {
    use super::*;

    use dscoder::model::tokenizer::Tokenizer;
    use dscoder::model::{demo, gguf};
    use dscoder::vocabulary::{Controls, Vocabulary};

    fn read() -> gguf::Header {
        gguf::read_from(demo::BYTES, demo::BYTES.len() as u64, "demo".as_ref())
            .expect("the header of the built-in model")
    }

    #[divan::bench]
    fn header() -> gguf::Header {
        read()
    }

    #[divan::bench]
    fn tokenizer_of_header(bencher: Bencher<'_, '_>) {
        let header = read();
        bencher.bench_local(|| Tokenizer::from_header(&header, Controls::V1));
    }

    #[divan::bench]
    fn tokenizer_encode(bencher: Bencher<'_, '_>) {
        let tokenizer = Tokenizer::from_header(&read(), Controls::V1).expect("a tokenizer");
        bencher.counter(BytesCount::of_str(SOURCE)).bench_local(|| tokenizer.encode(black_box(SOURCE)));
    }
}
