//! The resident engine: `dscoder serve` keeps a model and its evaluated prompts in memory, and answers over sockets.
//!
//! One thread owns the engine ([`engine`]) and computes all answers side by side; another one serves the sockets
//! ([`http`]). They exchange [`queue::Work`] and [`queue::Event`]s. A request goes through [`guard`] (who may ask), [`api`] (the
//! dialects of clients) and [`request`] (from texts to tokens). The prompt is made here from segments: text of a client
//! never becomes a control token, and markers that it spells count only as a whole frame ([`frame`]).

#[cfg(unix)]
pub mod activation;
pub mod api;
pub mod client;
pub mod engine;
pub mod excerpt;
pub mod frame;
pub mod guard;
pub mod http;
pub mod lines;
pub mod log;
pub mod metrics;
pub mod pace;
pub mod place;
pub mod prefixes;
pub mod queue;
pub mod reply;
pub mod request;
pub mod service;
pub mod socket;
pub mod trace;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::engine::Job;
use crate::engine::parallel::Policy;
use crate::engine::source::Source;
use crate::error::{Error, Kind, Result, reason};
use crate::serve::engine::{Ending, Options};
use crate::serve::guard::{Guard, Via};
use crate::serve::http::Connections;
use crate::serve::lines::Lines;
use crate::serve::log::Log;
use crate::serve::metrics::Metrics;
use crate::serve::prefixes::Prefixes;
use crate::serve::queue::Queue;
use crate::serve::service::{Identity, Service};
use crate::settings::CacheSettings;

/// How long the last bytes of answers may take to leave, after the engine has ended.
const LAST_BYTES: Duration = Duration::from_millis(300);

/// A socket that connections come through.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket or a named pipe of Windows; only processes of the same user may connect.
    Own(socket::Listener),
}

/// Prompts that are encoded at once.
const ENCODERS: usize = 4;

/// What the server is started with.
pub struct Setup {
    /// The model.
    pub source: Arc<Source>,
    /// The work that the engine is loaded for.
    pub job: Job,
    /// Who may ask.
    pub guard: Guard,
    /// The model's name for clients.
    pub name: String,
    /// What tells whether another process would compute the same.
    pub identity: Identity,
    /// Ends the server after this time without a request.
    pub idle: Option<Duration>,
    /// Which evaluated prompts are kept on disk.
    pub cache: CacheSettings,
    /// The time in which the first token in a gap should come, where a request names none; `None` if prompts are always
    /// evaluated as a whole.
    pub prompt_limit: Option<Duration>,
    /// Whether `/metrics` answers.
    pub has_metrics: bool,
    /// Gets a line for each request.
    pub log: Option<Log>,
}

/// Loads the model, calls `ready`, and serves until `cancel` is set or nothing was asked for the time limit.
///
/// # Errors
/// [`Kind::Engine`] if the model cannot be loaded, [`Kind::Io`] if the sockets fail.
pub fn run(setup: Setup, listeners: Vec<Listener>, cancel: &Cancel, ready: impl FnOnce()) -> Result<Ending> {
    let (queue, work) = Queue::new();
    let state = Arc::clone(queue.state());
    let service = Arc::new(Service {
        lines: Lines::default(),
        source: Arc::clone(&setup.source),
        queue,
        guard: setup.guard,
        name: setup.name,
        capacity: setup.job.tokens as usize,
        parallel: setup.job.sequences as usize,
        identity: setup.identity,
        prompt_limit: setup.prompt_limit,
        created: service::now(),
        metrics: Metrics::default(),
        has_metrics: setup.has_metrics,
        log: setup.log.clone(),
    });
    let scheduler = setup.source.start_parallel(&setup.job, Policy::InTurn, cancel)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(ENCODERS).build();
    let runtime = runtime.map_err(|error| Error::new(Kind::Io, "cannot serve", reason(&error)))?;
    let connections = Connections::default();
    // The sockets get a thread of their own; this one computes, since an engine cannot change threads.
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let started = {
        let _inside = runtime.enter();
        accept(listeners)
    };
    let accepting = started.map_err(|error| Error::new(Kind::Io, "cannot listen", reason(&error)))?;
    let (counted, served) = (connections.clone(), Arc::clone(&service));
    let sockets = thread::Builder::new().name("sockets".into()).spawn(move || {
        runtime.block_on(async move {
            for listener in accepting {
                let (connections, service) = (counted.clone(), Arc::clone(&served));
                tokio::spawn(async move { listener.serve(&connections, &service).await });
            }
            // An error is a sender that is gone.
            let _ = stopped.await;
            // Answers that have just ended are still on their way.
            let end = Instant::now() + LAST_BYTES;
            while counted.count() > 0 && Instant::now() < end {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        // Idle connections are cut.
        runtime.shutdown_background();
    });
    let sockets = sockets.map_err(|error| Error::new(Kind::Io, "cannot serve", reason(&error)))?;
    ready();
    let options = Options {
        idle: setup.idle,
        // A script takes no time.
        measures: setup.source.model().is_some(),
        prefixes: Prefixes::new(&setup.source, &setup.job, setup.cache),
    };
    let ended = engine::run(scheduler, setup.source.vocabulary(), &work, &state, options, cancel);
    drop(stop);
    let _ = sockets.join();
    if let Some(log) = setup.log {
        log.finish();
    }
    ended
}

/// A listener of the runtime.
enum Accepting {
    Tcp(tokio::net::TcpListener),
    #[cfg(unix)]
    Own(tokio::net::UnixListener),
    #[cfg(windows)]
    Own(socket::Pipes),
}

fn accept(listeners: Vec<Listener>) -> io::Result<Vec<Accepting>> {
    let one = |listener: Listener| match listener {
        Listener::Tcp(listener) => {
            listener.set_nonblocking(true)?;
            tokio::net::TcpListener::from_std(listener).map(Accepting::Tcp)
        }
        #[cfg(unix)]
        Listener::Own(listener) => {
            listener.set_nonblocking(true)?;
            tokio::net::UnixListener::from_std(listener).map(Accepting::Own)
        }
        #[cfg(windows)]
        Listener::Own(name) => socket::Pipes::listen(name).map(Accepting::Own),
    };
    listeners.into_iter().map(one).collect()
}

impl Accepting {
    async fn serve(mut self, connections: &Connections, service: &Arc<Service>) {
        loop {
            let accepted = match &mut self {
                Accepting::Tcp(listener) => listener.accept().await.map(|(stream, _)| {
                    // Small events must not wait for each other.
                    let _ = stream.set_nodelay(true);
                    connections.serve(stream, Via::Tcp, service);
                }),
                #[cfg(unix)]
                Accepting::Own(listener) => listener.accept().await.map(|(stream, _)| {
                    if is_same_user(&stream) {
                        connections.serve(stream, Via::Socket, service);
                    }
                }),
                #[cfg(windows)]
                Accepting::Own(pipes) => {
                    pipes.accept().await.map(|stream| connections.serve(stream, Via::Socket, service))
                }
            };
            // No more files may be open.
            if accepted.is_err_and(|error| error.kind() != io::ErrorKind::ConnectionAborted) {
                connections.make_room();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// Whether the other end is a process of this user, or of root.
#[cfg(unix)]
fn is_same_user(stream: &tokio::net::UnixStream) -> bool {
    let own = rustix::process::geteuid().as_raw();
    stream.peer_cred().is_ok_and(|other| other.uid() == own || other.uid() == 0)
}
