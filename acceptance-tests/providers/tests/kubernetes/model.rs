//! A model of the API server: objects by their path, over TLS, for whoever shows the token. It applies JSON patches, gives what
//! the real one gives a new object, and lets a namespace end slowly. It checks nothing of what is in an object: no
//! admission, no defaults but those named here, no controllers.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Map, Value as Json, json};

pub(crate) const TOKEN: &str = "token-of-the-model";

/// What the model knows.
#[derive(Default)]
pub(crate) struct World {
    /// Objects by their path.
    pub(crate) objects: BTreeMap<String, Json>,
    /// How often a namespace that ends still answers.
    pub(crate) lingers: usize,
    /// The status that every request gets instead of an answer.
    pub(crate) refuses: Option<u16>,
    /// Method and path of each request that changes something, with its body.
    pub(crate) changes: Vec<(String, Json)>,
    made: u64,
}

/// The running model.
pub(crate) struct Model {
    pub(crate) address: String,
    pub(crate) authority: String,
    pub(crate) world: Arc<Mutex<World>>,
}

impl Model {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let certificate = made.cert.der().clone();
        let authority = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(&certificate)
        );
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let (config, world) = (Arc::new(config), Arc::new(Mutex::new(World::default())));
        let served = Arc::clone(&world);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, world) = (Arc::clone(&config), Arc::clone(&served));
                // A client that goes away ends its thread, and nothing else.
                std::thread::spawn(move || serve(stream, config, &world));
            }
        });
        Self { address, authority, world }
    }

    pub(crate) fn object(&self, path: &str) -> Option<Json> {
        self.world.lock().unwrap().objects.get(path).cloned()
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, world: &Mutex<World>) -> Option<()> {
    let connection = ServerConnection::new(config).ok()?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut words = line.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (mut length, mut token) = (0, None);
        loop {
            let mut header = String::new();
            stream.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok()?,
                "authorization" => token = value.strip_prefix("Bearer ").map(str::to_owned),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let (status, answer) = match token.as_deref() == Some(TOKEN) {
            true => world.lock().unwrap().answer(&method, &path, body),
            false => refusal(401, "Unauthorized"),
        };
        let text = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            text.len()
        );
        stream.get_mut().write_all(format!("{head}{text}").as_bytes()).ok()?;
        stream.get_mut().flush().ok()?;
    }
}

fn refusal(status: u16, message: &str) -> (u16, Json) {
    (status, json!({ "kind": "Status", "status": "Failure", "message": message, "code": status }))
}

impl World {
    fn answer(&mut self, method: &str, path: &str, body: Json) -> (u16, Json) {
        if let Some(status) = self.refuses {
            return refusal(status, "namespaces is forbidden: User \"viewer\" cannot get it");
        }
        if method != "GET" {
            self.changes.push((format!("{method} {path}"), body.clone()));
        }
        match method {
            "GET" if path == "/version" => {
                (200, json!({ "gitVersion": "v1.35.1", "major": "1", "minor": "35" }))
            }
            "GET" => self.get(path),
            "POST" => self.create(path, body),
            "PATCH" => self.patch(path, &body),
            _ => self.delete(path),
        }
    }

    fn get(&mut self, path: &str) -> (u16, Json) {
        let Some(object) = self.objects.get(path).cloned() else { return missing(path) };
        if object["status"]["phase"] == "Terminating" {
            if self.lingers == 0 {
                self.objects.remove(path);
                return missing(path);
            }
            self.lingers -= 1;
        }
        (200, object)
    }

    fn create(&mut self, path: &str, mut object: Json) -> (u16, Json) {
        self.made += 1;
        let made = self.made;
        let metadata = &mut object["metadata"];
        if metadata["name"].is_null() {
            metadata["name"] =
                format!("{}x{made}", metadata["generateName"].as_str().unwrap_or_default()).into();
        }
        metadata["uid"] = format!("uid-{made}").into();
        metadata["resourceVersion"] = made.to_string().into();
        let name = metadata["name"].as_str().unwrap_or_default().to_owned();
        match object["kind"].as_str().unwrap_or_default() {
            "Namespace" => {
                object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name.as_str().into();
                object["spec"] = json!({ "finalizers": ["kubernetes"] });
                object["status"] = json!({ "phase": "Active" });
            }
            "Secret" => store_strings(&mut object),
            "PriorityClass" => {
                let is_empty = |value: &Json| *value == json!("") || *value == json!(false);
                object.as_object_mut().unwrap().retain(|_, value| !is_empty(value));
            }
            "NetworkPolicy" | "StorageClass" => object["metadata"]["generation"] = 1.into(),
            _ => {}
        }
        let path = format!("{path}/{name}");
        if self.objects.contains_key(&path) {
            return refusal(409, &format!("{} \"{name}\" already exists", path.rsplit('/').nth(1).unwrap()));
        }
        self.objects.insert(path, object.clone());
        (201, object)
    }

    fn patch(&mut self, path: &str, operations: &Json) -> (u16, Json) {
        let Some(object) = self.objects.get_mut(path) else { return missing(path) };
        for operation in operations.as_array().unwrap() {
            let at = operation["path"].as_str().unwrap();
            let (parent, key) = at.rsplit_once('/').unwrap();
            let key = key.replace("~1", "/").replace("~0", "~");
            let Some(Json::Object(parent)) = object.pointer_mut(parent) else {
                return refusal(422, &format!("the server rejected our request: {at}"));
            };
            let op = operation["op"].as_str().unwrap();
            if op != "add" && !parent.contains_key(&key) {
                return refusal(422, &format!("{op} operation does not apply: doc is missing key: {at}"));
            }
            match op {
                "remove" => parent.remove(&key),
                _ => parent.insert(key, operation["value"].clone()),
            };
        }
        self.made += 1;
        object["metadata"]["resourceVersion"] = self.made.to_string().into();
        (200, object.clone())
    }

    fn delete(&mut self, path: &str) -> (u16, Json) {
        let Some(object) = self.objects.get_mut(path) else { return missing(path) };
        if object["kind"] == "Namespace" {
            object["status"]["phase"] = "Terminating".into();
            return (200, object.clone());
        }
        self.objects.remove(path);
        (200, json!({ "kind": "Status", "status": "Success" }))
    }
}

fn missing(path: &str) -> (u16, Json) {
    let mut parts = path.rsplit('/');
    let (name, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    refusal(404, &format!("{kind} \"{name}\" not found"))
}

fn store_strings(object: &mut Json) {
    let strings = object.as_object_mut().unwrap().shift_remove("stringData");
    let mut data = object["data"].as_object().cloned().unwrap_or_else(Map::new);
    for (key, value) in strings.as_ref().and_then(Json::as_object).into_iter().flatten() {
        data.insert(key.clone(), STANDARD.encode(value.as_str().unwrap()).into());
    }
    object["data"] = data.into();
}
