//! A bounded reader of GGUF headers (versions 2 and 3, little endian): metadata, vocabulary and tensor table.
//!
//! Nothing in the file is trusted. Every length is compared with the rest of the file before anything is allocated, so
//! memory stays below about twice the header's size, and every defect is an error that says where. llama.cpp trusts
//! more and aborts the process on some defects, so it sees a file only after this reader and [`crate::model::family`]
//! have accepted it. The format is that of `ggml/include/gguf.h` and `docs/gguf.md` in llama.cpp.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::error::{Error, Kind, Result};
use crate::units::limit;

/// No header comes near this: DeepSeek Coder's is 1.3 MB, those of the largest vocabularies about 20 MB.
const MAX_HEADER: u64 = 256 << 20;
/// Longest metadata key that llama.cpp's own writer allows.
const MAX_KEY: u64 = 65_535;
/// `GGML_MAX_NAME`, with its closing NUL.
const MAX_TENSOR_NAME: u64 = 64;
/// `GGML_MAX_DIMS`.
const MAX_DIMS: u32 = 4;
/// `GGUF_DEFAULT_ALIGNMENT`.
const DEFAULT_ALIGNMENT: u64 = 32;

/// One metadata value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any of the unsigned integer types.
    Unsigned(u64),
    /// Any of the signed integer types.
    Signed(i64),
    /// `f32`.
    Float(f64),
    /// `f64`, which llama.cpp does not take where it expects an `f32`.
    Double(f64),
    /// A truth value.
    Bool(bool),
    /// A string; GGUF asks for UTF-8 and does not check it, this reader does.
    String(String),
    /// An array of strings.
    Strings(Strings),
    /// An array of numbers: the GGUF type of its elements and their bytes, little endian.
    Numbers {
        /// GGUF's number of the element type.
        kind: u32,
        /// How many elements.
        count: usize,
        /// The elements, concatenated.
        bytes: Vec<u8>,
    },
}

/// Many strings in one allocation, as a vocabulary of 32,256 short ones asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// How many strings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The string at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        self.text.get(start..end)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

/// One tensor of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Its name, such as `blk.0.attn_q.weight`.
    pub name: String,
    /// Its dimensions, fastest-running first, as in ggml.
    pub shape: Vec<u64>,
    /// ggml's number of its type (quantization).
    pub kind: u32,
    /// Its size in the file, in bytes.
    pub bytes: u64,
}

/// A checked GGUF header.
#[derive(Debug, Clone)]
pub struct Header {
    metadata: HashMap<String, Value>,
    /// The tensor table, in the order of the file.
    pub tensors: Vec<Tensor>,
    /// The size of the whole file in bytes.
    pub file_bytes: u64,
}

impl Header {
    /// Adds the tensors of another file of the same model.
    ///
    /// # Errors
    /// Why they cannot be of the same model.
    pub fn add(&mut self, other: Header) -> std::result::Result<(), String> {
        let names: HashSet<&str> = self.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        if let Some(twice) = other.tensors.iter().find(|tensor| names.contains(tensor.name.as_str())) {
            return Err(format!("the tensor {:?} is in another file too", twice.name));
        }
        self.tensors.extend(other.tensors);
        self.file_bytes = self.file_bytes.saturating_add(other.file_bytes);
        Ok(())
    }

    /// The metadata keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.metadata.keys().map(String::as_str)
    }

    /// The value of a metadata key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }

    /// A string value; `None` if it is absent or of another type.
    #[must_use]
    pub fn string(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// An array of strings; `None` if it is absent or of another type.
    #[must_use]
    pub fn strings(&self, key: &str) -> Option<&Strings> {
        match self.get(key) {
            Some(Value::Strings(strings)) => Some(strings),
            _ => None,
        }
    }

    /// A whole number that fits 32 bits; `None` if it is absent or of another type.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<u32> {
        match self.get(key) {
            Some(Value::Unsigned(number)) => u32::try_from(*number).ok(),
            Some(Value::Signed(number)) => u32::try_from(*number).ok(),
            _ => None,
        }
    }

    /// A number with a fraction; `None` if it is absent or of another type.
    #[must_use]
    pub fn float(&self, key: &str) -> Option<f64> {
        match self.get(key) {
            Some(Value::Float(number) | Value::Double(number)) => Some(*number),
            _ => None,
        }
    }
}

/// Reads and checks the header of the GGUF file at `path`.
///
/// # Errors
/// [`Kind::NoInput`] if the file does not exist or is a directory, [`Kind::Io`] if it cannot be read, and
/// [`Kind::Data`] if it is not a GGUF file, is truncated, or holds something that crashes llama.cpp.
pub fn read(path: &Path) -> Result<Header> {
    // Checked before it is opened: opening a pipe waits for its other end.
    let about = fs::metadata(path).map_err(|error| Error::reading(path, &error))?;
    if about.is_dir() {
        return Err(Error::reading(path, &io::ErrorKind::IsADirectory.into()));
    }
    if !about.is_file() {
        return Err(Error::new(Kind::Data, format!("cannot use {}", path.display()), "a model must be a regular file")
            .hint("llama.cpp maps the model into memory; write it to a file first"));
    }
    let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
    let length = file.metadata().map_err(|error| Error::reading(path, &error))?.len();
    read_from(BufReader::with_capacity(1 << 18, file), length, path)
}

/// As [`read`], from anything that is `file_bytes` long and called `path` in errors.
///
/// # Errors
/// As [`read`].
pub fn read_from(input: impl Read, file_bytes: u64, path: &Path) -> Result<Header> {
    parse(input, file_bytes).map_err(|fault| match fault {
        Fault::Io(error) => Error::reading(path, &error),
        Fault::Bad(why) => Error::new(Kind::Data, format!("cannot use {}", path.display()), why),
        Fault::Short(why) => Error::new(Kind::Data, format!("cannot use {}", path.display()), why)
            .hint("the file is truncated or damaged; download it again"),
    })
}

/// What stops the reader.
#[derive(Debug)]
enum Fault {
    Io(io::Error),
    /// The file contradicts the format.
    Bad(String),
    /// The file ends before what it promises.
    Short(String),
}

type Parsed<T> = std::result::Result<T, Fault>;

fn bad<T>(why: impl Into<String>) -> Parsed<T> {
    Err(Fault::Bad(why.into()))
}

/// Parses a header out of `input`, which is `file_bytes` long.
fn parse<R: Read>(input: R, file_bytes: u64) -> Parsed<Header> {
    let mut reader = Reader { input, position: 0, file_bytes };
    let magic: [u8; 4] = match reader.array() {
        Ok(magic) => magic,
        Err(Fault::Short(_)) => return bad("it is not a GGUF file (it is shorter than four bytes)"),
        Err(fault) => return Err(fault),
    };
    if &magic != b"GGUF" {
        return bad("it is not a GGUF file (it does not begin with the letters GGUF)");
    }
    let version = reader.u32()?;
    if !(2..=3).contains(&version) {
        if (2..=3).contains(&version.swap_bytes()) {
            return bad("it is a big-endian GGUF file, which this build does not read");
        }
        return bad(format!("it is GGUF version {version}; versions 2 and 3 are supported"));
    }
    let tensor_count = reader.u64()?;
    let metadata_count = reader.u64()?;
    // The smallest tensor entry has 24 bytes and a name, the smallest metadata entry 13 bytes.
    if tensor_count > reader.left() / 24 || metadata_count > reader.left() / 13 {
        return Err(Fault::Short(format!(
            "it promises {tensor_count} tensors and {metadata_count} metadata entries in {file_bytes} bytes"
        )));
    }
    let metadata = metadata(&mut reader, metadata_count)?;
    let alignment = match metadata.get("general.alignment") {
        None => DEFAULT_ALIGNMENT,
        Some(Value::Unsigned(number)) if number.is_power_of_two() && *number <= 1 << 20 => *number,
        Some(_) => return bad("general.alignment is not a power of two"),
    };
    let tensors = tensors(&mut reader, tensor_count, alignment)?;
    Ok(Header { metadata, tensors, file_bytes })
}

fn metadata<R: Read>(reader: &mut Reader<R>, count: u64) -> Parsed<HashMap<String, Value>> {
    let mut metadata = HashMap::new();
    for index in 0..count {
        let key = reader.string(MAX_KEY, "a metadata key")?;
        if key.is_empty() {
            return bad(format!("metadata entry {index} has an empty key"));
        }
        let kind = reader.u32()?;
        let value = reader.value(kind, &key)?;
        if metadata.insert(key.clone(), value).is_some() {
            return bad(format!("the metadata key {key:?} occurs twice"));
        }
    }
    Ok(metadata)
}

fn tensors<R: Read>(reader: &mut Reader<R>, count: u64, alignment: u64) -> Parsed<Vec<Tensor>> {
    let mut tensors = Vec::new();
    let mut names = HashSet::new();
    let mut next_offset = 0u64;
    for _ in 0..count {
        let name = reader.string(MAX_TENSOR_NAME - 1, "a tensor's name")?;
        if !names.insert(name.clone()) {
            return bad(format!("the tensor {name:?} occurs twice"));
        }
        let dimensions = reader.u32()?;
        if !(1..=MAX_DIMS).contains(&dimensions) {
            return bad(format!("the tensor {name:?} has {dimensions} dimensions; 1 to {MAX_DIMS} are possible"));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            shape.push(reader.u64()?);
        }
        let kind = reader.u32()?;
        let Some((block, block_bytes)) = block_of(kind) else {
            return bad(format!("the tensor {name:?} has the type {kind}, which is unknown or no longer supported"));
        };
        // llama.cpp counts elements in signed 64-bit numbers; an empty dimension makes a tensor that holds nothing.
        let elements = shape.iter().try_fold(1u64, |product, &n| product.checked_mul(n));
        let elements = match elements {
            Some(elements) if elements > 0 && elements <= i64::MAX as u64 => elements,
            _ => return bad(format!("the tensor {name:?} has an impossible shape {shape:?}")),
        };
        if shape[0] % block != 0 {
            return bad(format!("the rows of the tensor {name:?} are not a multiple of {block} values"));
        }
        let Some(bytes) = (elements / block).checked_mul(block_bytes) else {
            return bad(format!("the tensor {name:?} has an impossible shape {shape:?}"));
        };
        let offset = reader.u64()?;
        if offset != next_offset {
            return bad(format!("the tensor {name:?} begins at {offset} instead of {next_offset}"));
        }
        next_offset = match bytes.checked_next_multiple_of(alignment).and_then(|padded| offset.checked_add(padded)) {
            Some(next) => next,
            None => return bad(format!("the tensor {name:?} has an impossible shape {shape:?}")),
        };
        tensors.push(Tensor { name, shape, kind, bytes });
    }
    let data_start = reader.position.next_multiple_of(alignment);
    // The padding after the last tensor may be missing.
    let end = match tensors.last() {
        Some(last) => data_start.saturating_add(next_offset - last.bytes.next_multiple_of(alignment) + last.bytes),
        None => reader.position,
    };
    if end > reader.file_bytes {
        return Err(Fault::Short(format!("it should have at least {end} bytes and has {}", reader.file_bytes)));
    }
    Ok(tensors)
}

/// Values and bytes in a block of a ggml type, from the table `type_traits` in `ggml/src/ggml.c`.
fn block_of(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 | 26 => (1, 4),      // F32, I32
        1 | 25 | 30 => (1, 2), // F16, I16, BF16
        24 => (1, 1),          // I8
        27 | 28 => (1, 8),     // I64, F64
        2 => (32, 18),         // Q4_0
        3 => (32, 20),         // Q4_1
        6 => (32, 22),         // Q5_0
        7 => (32, 24),         // Q5_1
        8 => (32, 34),         // Q8_0
        10 => (256, 84),       // Q2_K
        11 => (256, 110),      // Q3_K
        12 => (256, 144),      // Q4_K
        13 => (256, 176),      // Q5_K
        14 => (256, 210),      // Q6_K
        16 => (256, 66),       // IQ2_XXS
        17 => (256, 74),       // IQ2_XS
        18 => (256, 98),       // IQ3_XXS
        19 => (256, 50),       // IQ1_S
        20 => (32, 18),        // IQ4_NL
        21 => (256, 110),      // IQ3_S
        22 => (256, 82),       // IQ2_S
        23 => (256, 136),      // IQ4_XS
        29 => (256, 56),       // IQ1_M
        34 => (256, 54),       // TQ1_0
        35 => (256, 66),       // TQ2_0
        39 => (32, 17),        // MXFP4
        _ => return None,
    })
}

/// Reads little-endian values and counts bytes.
struct Reader<R> {
    input: R,
    position: u64,
    file_bytes: u64,
}

impl<R: Read> Reader<R> {
    /// Bytes of the file that were not read yet, but never more than a header may still have.
    fn left(&self) -> u64 {
        self.file_bytes.min(MAX_HEADER).saturating_sub(self.position)
    }

    /// Checks that `bytes` more can be there.
    fn expect(&self, bytes: u64, what: &str) -> Parsed<()> {
        if bytes <= self.left() {
            return Ok(());
        }
        if self.file_bytes > MAX_HEADER && bytes <= self.file_bytes - self.position {
            return bad(format!("its header is larger than {}", limit(MAX_HEADER)));
        }
        let left = self.file_bytes - self.position;
        Err(Fault::Short(format!("it ends within {what}: {bytes} bytes at byte {}, {left} are left", self.position)))
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Parsed<()> {
        self.input.read_exact(buffer).map_err(|error| match error.kind() {
            // The file became shorter while it was read.
            io::ErrorKind::UnexpectedEof => Fault::Short(format!("it ends at byte {}", self.position)),
            _ => Fault::Io(error),
        })?;
        self.position += buffer.len() as u64;
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Parsed<[u8; N]> {
        self.expect(N as u64, "its header")?;
        let mut buffer = [0; N];
        self.fill(&mut buffer)?;
        Ok(buffer)
    }

    fn u32(&mut self) -> Parsed<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Parsed<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// `count` bytes appended to `buffer`. The length was checked, so the allocation is bounded by the file's size.
    fn append(&mut self, buffer: &mut Vec<u8>, count: u64, what: &str) -> Parsed<()> {
        self.expect(count, what)?;
        let start = buffer.len();
        buffer.resize(start + count as usize, 0);
        let position = &mut buffer[start..];
        self.input.read_exact(position).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Fault::Short(format!("it ends within {what}")),
            _ => Fault::Io(error),
        })?;
        self.position += count;
        Ok(())
    }

    fn string(&mut self, longest: u64, what: &str) -> Parsed<String> {
        let length = self.u64()?;
        self.expect(length, what)?;
        if length > longest {
            return bad(format!("{what} has {length} bytes; {longest} are possible"));
        }
        let mut bytes = Vec::new();
        self.append(&mut bytes, length, what)?;
        String::from_utf8(bytes).or_else(|_| bad(format!("{what} before byte {} is not UTF-8", self.position)))
    }

    fn value(&mut self, kind: u32, key: &str) -> Parsed<Value> {
        Ok(match kind {
            0 => Value::Unsigned(u64::from(self.array::<1>()?[0])),
            1 => Value::Signed(i64::from(i8::from_le_bytes(self.array()?))),
            2 => Value::Unsigned(u64::from(u16::from_le_bytes(self.array()?))),
            3 => Value::Signed(i64::from(i16::from_le_bytes(self.array()?))),
            4 => Value::Unsigned(u64::from(self.u32()?)),
            5 => Value::Signed(i64::from(i32::from_le_bytes(self.array()?))),
            6 => Value::Float(f64::from(f32::from_le_bytes(self.array()?))),
            7 => Value::Bool(self.array::<1>()?[0] != 0),
            8 => Value::String(self.string(MAX_HEADER, &format!("the value of {key:?}"))?),
            9 => {
                let element = self.u32()?;
                let count = self.u64()?;
                self.elements(element, count, key)?
            }
            10 => Value::Unsigned(self.u64()?),
            11 => Value::Signed(i64::from_le_bytes(self.array()?)),
            12 => Value::Double(f64::from_le_bytes(self.array()?)),
            _ => return bad(format!("the metadata key {key:?} has the unknown type {kind}")),
        })
    }

    /// The elements of an array. Arrays of arrays are in the format, but no writer makes them and llama.cpp refuses
    /// them.
    fn elements(&mut self, kind: u32, count: u64, key: &str) -> Parsed<Value> {
        let what = format!("the array {key:?}");
        if kind == 8 {
            self.expect(count.saturating_mul(8), &what)?;
            let mut text = Vec::new();
            let mut ends = Vec::new();
            for _ in 0..count {
                let length = self.u64()?;
                self.append(&mut text, length, &what)?;
                // The header is at most MAX_HEADER long, so the sum fits.
                ends.push(text.len() as u32);
            }
            let Ok(text) = String::from_utf8(text) else {
                return bad(format!("{what} holds a string that is not UTF-8"));
            };
            if ends.iter().any(|&end| !text.is_char_boundary(end as usize)) {
                return bad(format!("{what} holds a string that is not UTF-8"));
            }
            return Ok(Value::Strings(Strings { text, ends }));
        }
        let size = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            _ => return bad(format!("{what} has elements of the unsupported type {kind}")),
        };
        let total = count.saturating_mul(size);
        let mut bytes = Vec::new();
        self.append(&mut bytes, total, &what)?;
        Ok(Value::Numbers { kind, count: count as usize, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds headers byte by byte.
    #[derive(Default)]
    struct Builder {
        metadata: Vec<u8>,
        metadata_count: u64,
        tensors: Vec<u8>,
        tensor_count: u64,
        data: usize,
    }

    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
    }

    impl Builder {
        fn entry(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
            self.metadata.extend([text(key), kind.to_le_bytes().to_vec(), value.to_vec()].concat());
            self.metadata_count += 1;
            self
        }

        fn tensor(mut self, name: &str, shape: &[u64], kind: u32, offset: u64) -> Self {
            self.tensors.extend(text(name));
            self.tensors.extend((shape.len() as u32).to_le_bytes());
            shape.iter().for_each(|n| self.tensors.extend(n.to_le_bytes()));
            self.tensors.extend(kind.to_le_bytes());
            self.tensors.extend(offset.to_le_bytes());
            self.tensor_count += 1;
            self
        }

        fn data(mut self, bytes: usize) -> Self {
            self.data = bytes;
            self
        }

        fn bytes(&self) -> Vec<u8> {
            let mut out = b"GGUF".to_vec();
            out.extend(3u32.to_le_bytes());
            out.extend(self.tensor_count.to_le_bytes());
            out.extend(self.metadata_count.to_le_bytes());
            out.extend(&self.metadata);
            out.extend(&self.tensors);
            if self.tensor_count > 0 {
                out.resize(out.len().next_multiple_of(32) + self.data, 0);
            }
            out
        }

        fn parse(&self) -> Parsed<Header> {
            let bytes = self.bytes();
            parse(bytes.as_slice(), bytes.len() as u64)
        }

        fn fault(&self) -> String {
            match self.parse() {
                Err(Fault::Bad(why) | Fault::Short(why)) => why,
                other => panic!("a fault was due, not {other:?}"),
            }
        }
    }

    #[test]
    fn values_of_every_kind_are_read() {
        let strings = [8u32.to_le_bytes().to_vec(), 2u64.to_le_bytes().to_vec(), text("ab"), text("é")].concat();
        let numbers = [5u32.to_le_bytes().to_vec(), 2u64.to_le_bytes().to_vec(), vec![1, 0, 0, 0, 2, 0, 0, 0]].concat();
        let header = Builder::default()
            .entry("u8", 0, &[7])
            .entry("i32", 5, &(-3i32).to_le_bytes())
            .entry("f32", 6, &1.5f32.to_le_bytes())
            .entry("bool", 7, &[1])
            .entry("string", 8, &text("hi"))
            .entry("u64", 10, &9u64.to_le_bytes())
            .entry("strings", 9, &strings)
            .entry("numbers", 9, &numbers)
            .tensor("a", &[4, 2], 0, 0)
            .tensor("b", &[32], 8, 32)
            .data(32 + 34)
            .parse()
            .expect("a sound header");
        assert_eq!(header.number("u8"), Some(7));
        assert_eq!(header.get("i32"), Some(&Value::Signed(-3)));
        assert_eq!(header.number("i32"), None);
        assert_eq!(header.float("f32"), Some(1.5));
        assert_eq!(header.get("bool"), Some(&Value::Bool(true)));
        assert_eq!(header.string("string"), Some("hi"));
        assert_eq!(header.number("u64"), Some(9));
        assert_eq!(header.strings("strings").map(|s| s.iter().collect::<Vec<_>>()), Some(vec!["ab", "é"]));
        assert!(matches!(header.get("numbers"), Some(Value::Numbers { kind: 5, count: 2, bytes }) if bytes.len() == 8));
        assert_eq!(header.tensors[1], Tensor { name: "b".into(), shape: vec![32], kind: 8, bytes: 34 });
    }

    #[test]
    fn every_cut_of_a_sound_file_is_an_error() {
        let whole = Builder::default()
            .entry("general.name", 8, &text("x"))
            .entry("list", 9, &[8u32.to_le_bytes().to_vec(), 1u64.to_le_bytes().to_vec(), text("abc")].concat())
            .tensor("a", &[4, 2], 0, 0)
            .data(32)
            .bytes();
        assert!(parse(whole.as_slice(), whole.len() as u64).is_ok());
        for length in 0..whole.len() {
            assert!(parse(&whole[..length], length as u64).is_err(), "cut to {length} bytes");
        }
    }

    #[test]
    fn every_flipped_byte_is_an_error_or_a_header_but_no_panic() {
        let whole = Builder::default()
            .entry("list", 9, &[8u32.to_le_bytes().to_vec(), 1u64.to_le_bytes().to_vec(), text("abc")].concat())
            .entry("general.alignment", 4, &32u32.to_le_bytes())
            .tensor("a", &[4, 2], 0, 0)
            .data(32)
            .bytes();
        let mut refused = 0;
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                refused += usize::from(parse(bytes.as_slice(), bytes.len() as u64).is_err());
            }
        }
        assert!(refused > whole.len(), "only {refused} of {} were refused", 5 * whole.len());
    }

    #[test]
    fn promises_that_the_file_cannot_keep_are_refused_before_memory_is_taken() {
        let mut huge_counts = b"GGUF".to_vec();
        huge_counts.extend(3u32.to_le_bytes());
        huge_counts.extend(u64::MAX.to_le_bytes());
        huge_counts.extend(u64::MAX.to_le_bytes());
        assert!(matches!(parse(huge_counts.as_slice(), huge_counts.len() as u64), Err(Fault::Short(_))));
        let huge = u64::MAX.to_le_bytes();
        assert!(Builder::default().entry("s", 8, &huge).fault().contains("it ends within the value of \"s\""));
        for kind in [8u32, 0, 10] {
            let list = [&kind.to_le_bytes()[..], &huge].concat();
            assert!(Builder::default().entry("l", 9, &list).fault().contains("it ends within the array \"l\""));
        }
    }

    #[test]
    fn what_llama_cpp_stumbles_over_is_named() {
        let base = Builder::default;
        let faults = [
            (base().entry("", 0, &[1]), "has an empty key"),
            (base().entry("k", 0, &[1]).entry("k", 0, &[1]), "\"k\" occurs twice"),
            (base().entry("k", 13, &[1]), "unknown type 13"),
            (base().entry("general.alignment", 4, &0u32.to_le_bytes()), "not a power of two"),
            (base().entry("general.alignment", 4, &24u32.to_le_bytes()), "not a power of two"),
            (base().tensor("a", &[], 0, 0), "0 dimensions"),
            (base().tensor("a", &[1; 5], 0, 0).data(32), "5 dimensions"),
            (base().tensor("a", &[0], 0, 0), "impossible shape"),
            (base().tensor("a", &[1 << 40, 1 << 40], 0, 0), "impossible shape"),
            (base().tensor("a", &[33], 8, 0), "not a multiple of 32"),
            (base().tensor("a", &[32], 4, 0), "type 4"),
            (base().tensor("a", &[8], 0, 32).data(64), "begins at 32 instead of 0"),
            (base().tensor("a", &[8], 0, 0).tensor("a", &[8], 0, 32).data(64), "\"a\" occurs twice"),
            (base().tensor(&"n".repeat(64), &[8], 0, 0).data(32), "has 64 bytes; 63 are possible"),
            (base().tensor("a", &[8], 0, 0).data(31), "it should have at least"),
        ];
        for (builder, expected) in faults {
            let fault = builder.fault();
            assert!(fault.contains(expected), "{fault:?} does not say {expected:?}");
        }
    }

    #[test]
    fn other_files_are_told_apart() {
        for (bytes, expected) in [
            (&b""[..], "not a GGUF file"),
            (b"ggml", "not a GGUF file"),
            (b"GGUF\x01\0\0\0................", "GGUF version 1"),
            (b"GGUF\0\0\0\x03................", "big-endian"),
        ] {
            match parse(bytes, bytes.len() as u64) {
                Err(Fault::Bad(why)) => assert!(why.contains(expected), "{why:?} does not say {expected:?}"),
                other => panic!("a fault was due, not {other:?}"),
            }
        }
    }
}
