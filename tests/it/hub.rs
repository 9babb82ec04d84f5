//! A hub for tests: three servers on this machine, one for the names, one for the bytes, and a strange one, which do
//! what a plan says.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::model::digest::Digest;

/// What goes wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    Cut,
    Stall,
    Trickle,
    WholeForRange,
    WrongContentRange,
    MissingContentRange,
    TooLong,
    TooShort,
    FlippedBit,
    ChangedEtag,
    Expired,
    Busy,
    BusyForLong,
    ServerError,
    RangeRefused,
    RedirectLoop,
    OtherHost,
    OtherScheme,
    WebPage,
    Compressed,
    MissingHeaders,
    LyingSize,
    Reset,
    /// A range with the status of a whole file.
    RangeAsWhole,
    /// A range that begins too early, and says so.
    Earlier,
    /// One that begins too late.
    Later,
    /// One that ends too early.
    Shorter,
    /// One that ends too late.
    Longer,
    /// One that always begins at the beginning.
    FromStart,
    /// One that begins too early, and does not say so.
    Shifted,
    /// The range as one of several parts.
    Multipart,
    /// Everything compressed.
    Gzip,
    /// Ranges compressed.
    GzipRange,
    /// Ranges refused, but not the whole file.
    NoRanges,
    /// `HEAD` refused.
    NoHead,
    /// A relative redirect to a name with percent signs, blanks and letters beyond ASCII.
    OddRedirect,
}

impl Fault {
    pub const ALL: [Fault; 36] = [
        Fault::Cut,
        Fault::Stall,
        Fault::Trickle,
        Fault::WholeForRange,
        Fault::WrongContentRange,
        Fault::MissingContentRange,
        Fault::TooLong,
        Fault::TooShort,
        Fault::FlippedBit,
        Fault::ChangedEtag,
        Fault::Expired,
        Fault::Busy,
        Fault::BusyForLong,
        Fault::ServerError,
        Fault::RangeRefused,
        Fault::RedirectLoop,
        Fault::OtherHost,
        Fault::OtherScheme,
        Fault::WebPage,
        Fault::Compressed,
        Fault::MissingHeaders,
        Fault::LyingSize,
        Fault::Reset,
        Fault::RangeAsWhole,
        Fault::Earlier,
        Fault::Later,
        Fault::Shorter,
        Fault::Longer,
        Fault::FromStart,
        Fault::Shifted,
        Fault::Multipart,
        Fault::Gzip,
        Fault::GzipRange,
        Fault::NoRanges,
        Fault::NoHead,
        Fault::OddRedirect,
    ];

    /// Whether a server with this role can have it.
    pub fn fits(self, role: Role) -> bool {
        use Fault::*;
        match self {
            Busy | BusyForLong | ServerError | RangeRefused | RedirectLoop | OtherScheme | WebPage | MissingHeaders
            | LyingSize | NoHead => true,
            OtherHost | OddRedirect => role == Role::Hub,
            _ => role != Role::Hub,
        }
    }
}

/// Which of the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Knows names and redirects.
    Hub,
    /// Has the bytes.
    Store,
    /// Has them too, where nobody expects it.
    Other,
}

/// What a server was asked.
#[derive(Debug, Clone)]
pub struct Request {
    pub role: Role,
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
}

impl Request {
    pub fn range(&self) -> Option<(u64, u64)> {
        let (first, last) = self.headers.get("range")?.strip_prefix("bytes=")?.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    }
}

type Plan = dyn FnMut(&Request) -> Option<Fault> + Send;

/// What the servers have and do.
pub struct Shared {
    /// By their names, the last part of the address.
    files: Mutex<HashMap<String, Arc<Vec<u8>>>>,
    plan: Mutex<Box<Plan>>,
    log: Mutex<Vec<Request>>,
    /// Texts at addresses of the hub.
    texts: Mutex<HashMap<String, String>>,
    /// Their `Link` headers.
    links: Mutex<HashMap<String, String>>,
    /// Status and `X-Error-Code` for everything.
    refusal: Mutex<Option<(u16, String)>>,
    /// Addresses that were signed before this number have run out.
    signature: AtomicU64,
    /// Bytes of bodies that were sent.
    pub sent: AtomicU64,
    /// Bytes in a second and connection.
    pub rate: AtomicU64,
    /// Whether ranges are never served.
    pub no_ranges: AtomicBool,
    /// Names the digest in the hub's headers.
    pub etag: Mutex<Option<String>>,
    over: AtomicBool,
    addresses: [SocketAddr; 3],
}

/// The three servers; they end when this is dropped.
pub struct Hub {
    pub shared: Arc<Shared>,
}

pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

impl Hub {
    pub fn new() -> Hub {
        let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let addresses: Vec<_> = listeners.iter().map(|listener| listener.local_addr().expect("an address")).collect();
        let shared = Arc::new(Shared {
            files: Mutex::default(),
            plan: Mutex::new(Box::new(|_| None)),
            log: Mutex::default(),
            texts: Mutex::default(),
            links: Mutex::default(),
            refusal: Mutex::default(),
            signature: AtomicU64::new(1),
            sent: AtomicU64::new(0),
            rate: AtomicU64::new(0),
            no_ranges: AtomicBool::new(false),
            etag: Mutex::default(),
            over: AtomicBool::new(false),
            addresses: addresses.try_into().expect("three"),
        });
        for (listener, role) in listeners.into_iter().zip([Role::Hub, Role::Store, Role::Other]) {
            let shared = shared.clone();
            thread::spawn(move || {
                for stream in listener.incoming() {
                    if shared.over.load(Ordering::Relaxed) {
                        return;
                    }
                    let shared = shared.clone();
                    if let Ok(stream) = stream {
                        thread::spawn(move || shared.serve(&stream, role));
                    }
                }
            });
        }
        Hub { shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.shared.addresses[0])
    }

    #[cfg(all(feature = "llama", has_demo))]
    pub fn host(&self) -> String {
        self.shared.addresses[0].to_string()
    }

    pub fn put(&self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.shared.files.lock().expect("whole").insert(name.to_owned(), Arc::new(bytes.into()));
    }

    pub fn text(&self, path: &str, text: &str) {
        self.shared.texts.lock().expect("whole").insert(path.to_owned(), text.to_owned());
    }

    /// A page of a listing, and the address of the next one.
    pub fn page(&self, path: &str, text: &str, next: &str) {
        self.text(path, text);
        let link = format!("<{next}>; rel=\"next\"");
        self.shared.links.lock().expect("whole").insert(path.to_owned(), link);
    }

    #[cfg(all(feature = "llama", has_demo))]
    pub fn refuse(&self, refusal: Option<(u16, &str)>) {
        *self.shared.refusal.lock().expect("whole") = refusal.map(|(status, code)| (status, code.to_owned()));
    }

    pub fn plan(&self, plan: impl FnMut(&Request) -> Option<Fault> + Send + 'static) {
        *self.shared.plan.lock().expect("whole") = Box::new(plan);
    }

    /// What was asked since the last look.
    pub fn log(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.log.lock().expect("whole"))
    }

    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        for address in self.shared.addresses {
            drop(TcpStream::connect(address));
        }
    }
}

impl Shared {
    fn serve(&self, mut stream: &TcpStream, role: Role) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
        let _ = stream.set_write_timeout(Some(Duration::from_secs(20)));
        let _ = stream.set_nodelay(true);
        // The last byte of a request stays unread until it is answered: a connection that is closed with unread bytes is
        // reset.
        while let Some(request) = read(&mut stream, role) {
            self.log.lock().expect("whole").push(request.clone());
            let fault = (self.plan.lock().expect("whole"))(&request);
            let end = self.answer(stream, &request, fault).unwrap_or(true);
            if fault == Some(Fault::Reset) && role != Role::Hub {
                return;
            }
            if stream.read_exact(&mut [0]).is_err() || end {
                return;
            }
        }
    }

    /// Answers, and says whether the connection is to be closed.
    fn answer(&self, stream: &TcpStream, request: &Request, fault: Option<Fault>) -> std::io::Result<bool> {
        if let Some((status, code)) = self.refusal.lock().expect("whole").clone()
            && !self.texts.lock().expect("whole").contains_key(&request.path)
        {
            return head(stream, status, &[("X-Error-Code", code), ("Content-Length", "0".into())]).map(|()| false);
        }
        match fault {
            Some(Fault::Busy) => return empty(stream, 429, &[]),
            Some(Fault::BusyForLong) => return empty(stream, 429, &[("Retry-After", "7".into())]),
            Some(Fault::NoHead) if request.method == "HEAD" => return empty(stream, 405, &[]),
            Some(Fault::NoRanges) if request.range().is_some() => return empty(stream, 416, &[]),
            Some(Fault::ServerError) => return empty(stream, 500, &[]),
            Some(Fault::RangeRefused) => return empty(stream, 416, &[]),
            Some(Fault::RedirectLoop) => return empty(stream, 302, &[("Location", request.path.clone())]),
            Some(Fault::OtherScheme) => return empty(stream, 302, &[("Location", "ftp://127.0.0.1/x".into())]),
            Some(Fault::WebPage) => {
                let page = "<html>Please log in</html>";
                let length = page.len().to_string();
                head(stream, 200, &[("Content-Type", "text/html; charset=utf-8".into()), ("Content-Length", length)])?;
                if request.method != "HEAD" {
                    (&*stream).write_all(page.as_bytes())?;
                }
                return Ok(false);
            }
            _ => {}
        }
        let path = request.path.split('?').next().unwrap_or_default();
        if let Some(text) = self.texts.lock().expect("whole").get(&request.path) {
            let mut headers =
                vec![("Content-Type", "application/json".into()), ("Content-Length", text.len().to_string())];
            headers.extend(self.links.lock().expect("whole").get(&request.path).map(|link| ("Link", link.clone())));
            head(stream, 200, &headers)?;
            return (&*stream).write_all(text.as_bytes()).map(|()| false);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = name.strip_prefix("sha256:").unwrap_or(name);
        let Some(file) = self.files.lock().expect("whole").get(name).cloned() else {
            return empty(stream, 404, &[("X-Error-Code", "EntryNotFound".into())]);
        };
        match request.role {
            Role::Hub if !path.starts_with("/plain/") => {
                let to = if fault == Some(Fault::OtherHost) { self.addresses[2] } else { self.addresses[1] };
                let signature = self.signature.load(Ordering::SeqCst);
                let location = match fault {
                    Some(Fault::OddRedirect) => format!("/plain/a%2Fb/é x/{name}?signature={signature}"),
                    _ => format!("http://{to}/{name}?signature={signature}"),
                };
                let mut headers = vec![("Location", location)];
                if fault != Some(Fault::MissingHeaders) {
                    let lie = if fault == Some(Fault::LyingSize) { 777 } else { 0 };
                    // Both ways, so that it is too small as well as too large.
                    let size =
                        if signature.is_multiple_of(2) { file.len() + lie } else { file.len().saturating_sub(lie) };
                    let etag = self.etag.lock().expect("whole").clone();
                    let etag = etag.unwrap_or_else(|| format!("\"{}\"", Digest::of(&file)));
                    headers.push(("X-Linked-Etag", etag));
                    headers.push(("X-Linked-Size", size.to_string()));
                    headers.push(("X-Repo-Commit", COMMIT.to_owned()));
                }
                empty(stream, 302, &headers)
            }
            _ => self.bytes(stream, request, &file, fault),
        }
    }

    fn bytes(&self, stream: &TcpStream, request: &Request, file: &[u8], fault: Option<Fault>) -> std::io::Result<bool> {
        let signed: Option<u64> = request.path.split_once("signature=").and_then(|(_, number)| number.parse().ok());
        if signed.is_some_and(|signed| signed < self.signature.load(Ordering::SeqCst)) {
            return empty(stream, 403, &[]);
        }
        let size = file.len() as u64;
        let ranged =
            request.range().filter(|_| fault != Some(Fault::WholeForRange) && !self.no_ranges.load(Ordering::Relaxed));
        let (first, last) =
            ranged.map_or((0, size.saturating_sub(1)), |(first, last)| (first, last.min(size.saturating_sub(1))));
        if ranged.is_some() && first >= size {
            return empty(stream, 416, &[("Content-Range", format!("bytes */{size}"))]);
        }
        let mut range = (first, last, size);
        if ranged.is_some() {
            match fault {
                Some(Fault::Earlier) => range.0 = first - first.min(1000),
                Some(Fault::Later) => range.0 = last.min(first + 1000),
                Some(Fault::Shorter) => range.1 = first + (last - first) / 2,
                Some(Fault::Longer) => range.1 = (size - 1).min(last + 1000),
                Some(Fault::FromStart) => range.0 = 0,
                _ => {}
            }
        }
        let from = if fault == Some(Fault::Shifted) { range.0 - range.0.min(1) } else { range.0 };
        let mut body = file.get(from as usize..=(from + range.1 - range.0) as usize).unwrap_or_default().to_vec();
        let multipart = fault == Some(Fault::Multipart) && ranged.is_some();
        match fault {
            Some(Fault::Multipart) if multipart => body = [b"--x\r\n\r\n", &body[..], b"\r\n--x--"].concat(),
            Some(Fault::Gzip) => body = [b"\x1f\x8b\x08", &body[..]].concat(),
            Some(Fault::GzipRange) if ranged.is_some() => body = [b"\x1f\x8b\x08", &body[..]].concat(),
            Some(Fault::TooLong) => body.extend([0x55; 1000]),
            Some(Fault::TooShort) => body.truncate(body.len() / 2),
            Some(Fault::WrongContentRange) => range.0 += 1,
            Some(Fault::LyingSize) => range.2 += 5,
            Some(Fault::FlippedBit) if !body.is_empty() => {
                let middle = body.len() / 2;
                body[middle] ^= 1;
            }
            _ => {}
        }
        let mut headers = Vec::new();
        if fault != Some(Fault::MissingHeaders) {
            let etag = if fault == Some(Fault::ChangedEtag) { Digest::of(b"other") } else { Digest::of(file) };
            headers.push(("Content-Length", body.len().to_string()));
            headers.push(("ETag", format!("\"{etag}\"")));
            headers.push(("Accept-Ranges", "bytes".to_owned()));
        }
        if ranged.is_some() && fault != Some(Fault::MissingContentRange) && !multipart {
            headers.push(("Content-Range", format!("bytes {}-{}/{}", range.0, range.1, range.2)));
        }
        if multipart {
            headers.push(("Content-Type", "multipart/byteranges; boundary=x".to_owned()));
        }
        let zips = fault == Some(Fault::GzipRange) && ranged.is_some();
        if zips || matches!(fault, Some(Fault::Compressed | Fault::Gzip)) {
            headers.push(("Content-Encoding", "gzip".to_owned()));
        }
        if fault == Some(Fault::MissingHeaders) {
            headers.push(("Connection", "close".to_owned()));
        }
        let is_partial = ranged.is_some() && fault != Some(Fault::RangeAsWhole);
        head(stream, if is_partial { 206 } else { 200 }, &headers)?;
        if request.method == "HEAD" {
            return Ok(false);
        }
        let part = match fault {
            Some(Fault::Cut | Fault::Stall | Fault::Expired | Fault::Reset) => &body[..body.len().div_ceil(3)],
            Some(Fault::Trickle) => &body[..0],
            _ => &body[..],
        };
        self.send(stream, part)?;
        match fault {
            Some(Fault::Expired) => drop(self.signature.fetch_add(1, Ordering::SeqCst)),
            Some(Fault::Stall) => {
                // Until the other side gives up.
                let _ = stream.set_read_timeout(Some(Duration::from_secs(3)));
                let _ = (&*stream).read(&mut [0; 2]);
                let _ = (&*stream).read(&mut [0; 2]);
            }
            Some(Fault::Trickle) => {
                let start = Instant::now();
                for byte in &body {
                    if start.elapsed() > Duration::from_secs(3) {
                        break;
                    }
                    (&*stream).write_all(std::slice::from_ref(byte))?;
                    thread::sleep(Duration::from_millis(20));
                }
            }
            _ => {}
        }
        let broken = [Fault::Cut, Fault::Expired, Fault::Stall, Fault::Trickle, Fault::MissingHeaders, Fault::Reset];
        Ok(fault.is_some_and(|fault| broken.contains(&fault)))
    }

    fn send(&self, mut stream: &TcpStream, body: &[u8]) -> std::io::Result<()> {
        let rate = self.rate.load(Ordering::Relaxed);
        for piece in body.chunks(64 << 10) {
            stream.write_all(piece)?;
            self.sent.fetch_add(piece.len() as u64, Ordering::SeqCst);
            if rate > 0 {
                thread::sleep(Duration::from_secs_f64(piece.len() as f64 / rate as f64));
            }
        }
        Ok(())
    }
}

/// Reads the head of a request up to its last byte.
fn read(stream: &mut &TcpStream, role: Role) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
        // No letter: somebody speaks TLS.
        if head.len() > 64 << 10 || !head[0].is_ascii_alphabetic() {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&head);
    let mut lines = text.lines();
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    Some(Request { role, method, path, headers })
}

fn head(mut stream: &TcpStream, status: u16, headers: &[(&str, String)]) -> std::io::Result<()> {
    let mut text = format!("HTTP/1.1 {status} Status\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    stream.write_all((text + "\r\n").as_bytes())
}

fn empty(stream: &TcpStream, status: u16, headers: &[(&str, String)]) -> std::io::Result<bool> {
    let mut headers = headers.to_vec();
    headers.push(("Content-Length", "0".to_owned()));
    head(stream, status, &headers).map(|()| false)
}
