//! A client that knows nothing but the .proto: messages are made of JSON and read back as JSON, by a description of the
//! protocol that is compiled here, and values are MessagePack of another library than the server's.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions};
use serde_json::{Value as Json, json};
use tokio_stream::StreamExt;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};

/// How long any answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Stands for an unknown value in JSON.
pub(crate) const UNKNOWN: &str = "<unknown>";

/// The protocol's methods.
#[derive(Clone)]
pub(crate) struct Protocol(DescriptorPool);

impl Protocol {
    pub(crate) fn load() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
        let files = protox::compile(["tfplugin6.proto"], [folder]).unwrap();
        Self(DescriptorPool::from_file_descriptor_set(files).unwrap())
    }

    pub(crate) fn methods(&self) -> Vec<MethodDescriptor> {
        self.0.get_service_by_name("tfplugin6.Provider").unwrap().methods().collect()
    }

    pub(crate) fn method(&self, name: &str) -> MethodDescriptor {
        self.methods().into_iter().find(|method| method.name() == name).unwrap()
    }
}

/// Messages of a type that is known only at run time.
struct Dynamic(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Writer;
    type Decoder = Reader;

    fn encoder(&mut self) -> Writer {
        Writer
    }

    fn decoder(&mut self) -> Reader {
        Reader(self.0.clone())
    }
}

struct Writer;

impl Encoder for Writer {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message.encode(out).map_err(|error| Status::internal(error.to_string()))
    }
}

struct Reader(MessageDescriptor);

impl Decoder for Reader {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let decoded = DynamicMessage::decode(self.0.clone(), bytes);
        decoded.map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}

/// A client of one server.
#[derive(Clone)]
pub(crate) struct Client {
    channel: Channel,
    protocol: Protocol,
}

impl Client {
    pub(crate) async fn connect(uri: String, protocol: Protocol) -> Self {
        let channel = tonic::transport::Endpoint::new(uri).unwrap().connect().await.unwrap();
        Self { channel, protocol }
    }

    /// Calls a method and gives all its answers: one, unless it streams.
    pub(crate) async fn calls(&self, name: &str, request: Json) -> Vec<Json> {
        tokio::time::timeout(LIMIT, self.answers(name, request))
            .await
            .unwrap_or_else(|_| panic!("{name} hangs"))
    }

    /// Calls a method that gives one answer.
    pub(crate) async fn call(&self, name: &str, request: Json) -> Json {
        let mut answers = self.calls(name, request).await;
        assert_eq!(answers.len(), 1, "{name} gives one answer");
        answers.remove(0)
    }

    /// Calls a streaming method and takes only the first answer.
    pub(crate) async fn first(&self, name: &str, request: Json) -> Json {
        let method = self.protocol.method(name);
        let mut stream = self.stream(&method, request).await;
        to_json(&stream.next().await.unwrap().unwrap())
    }

    async fn answers(&self, name: &str, request: Json) -> Vec<Json> {
        let method = self.protocol.method(name);
        if method.is_server_streaming() {
            let stream = self.stream(&method, request).await;
            return stream.map(|event| to_json(&event.unwrap())).collect().await;
        }
        let (path, codec) = (path(&method), Dynamic(method.output()));
        let message = from_json(&method.input(), request);
        let mut grpc = self.grpc().await;
        let answer = if method.is_client_streaming() {
            grpc.client_streaming(Request::new(tokio_stream::once(message)), path, codec).await
        } else {
            grpc.unary(Request::new(message), path, codec).await
        };
        vec![to_json(&answer.unwrap_or_else(|status| panic!("{name}: {status}")).into_inner())]
    }

    async fn stream(&self, method: &MethodDescriptor, request: Json) -> tonic::Streaming<DynamicMessage> {
        let message = from_json(&method.input(), request);
        let mut grpc = self.grpc().await;
        grpc.server_streaming(Request::new(message), path(method), Dynamic(method.output()))
            .await
            .unwrap()
            .into_inner()
    }

    async fn grpc(&self) -> Grpc<Channel> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready().await.unwrap();
        grpc
    }
}

fn path(method: &MethodDescriptor) -> tonic::codegen::http::uri::PathAndQuery {
    format!("/tfplugin6.Provider/{}", method.name()).parse().unwrap()
}

fn from_json(ty: &MessageDescriptor, json: Json) -> DynamicMessage {
    DynamicMessage::deserialize(ty.clone(), json).unwrap()
}

fn to_json(message: &DynamicMessage) -> Json {
    let options = SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).unwrap()
}

/// A value as the protocol's `DynamicValue`.
pub(crate) fn dv(value: &Json) -> Json {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &pack(value)).unwrap();
    json!({ "msgpack": STANDARD.encode(bytes) })
}

/// The JSON that a `RawState` holds.
pub(crate) fn raw(value: &Json) -> Json {
    json!({ "json": STANDARD.encode(value.to_string()) })
}

/// Bytes in a message.
pub(crate) fn bytes(text: &str) -> Json {
    STANDARD.encode(text).into()
}

/// The bytes of a message's field as text.
pub(crate) fn text(field: &Json) -> String {
    String::from_utf8(STANDARD.decode(field.as_str().unwrap_or_default()).unwrap()).unwrap()
}

/// The value in a `DynamicValue`.
pub(crate) fn value(field: &Json) -> Json {
    let bytes = STANDARD.decode(field["msgpack"].as_str().unwrap_or_default()).unwrap();
    if bytes.is_empty() { Json::Null } else { unpack(&rmpv::decode::read_value(&mut &bytes[..]).unwrap()) }
}

fn pack(value: &Json) -> rmpv::Value {
    match value {
        Json::Null => rmpv::Value::Nil,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => integer.into(),
            None => number.as_f64().unwrap().into(),
        },
        Json::String(text) if text == UNKNOWN => rmpv::Value::Ext(0, vec![0]),
        Json::String(text) => text.as_str().into(),
        Json::Array(elements) => rmpv::Value::Array(elements.iter().map(pack).collect()),
        Json::Object(entries) => {
            rmpv::Value::Map(entries.iter().map(|(key, value)| (key.as_str().into(), pack(value))).collect())
        }
    }
}

fn unpack(value: &rmpv::Value) -> Json {
    match value {
        rmpv::Value::Nil => Json::Null,
        rmpv::Value::Boolean(value) => (*value).into(),
        rmpv::Value::Integer(integer) => integer.as_i64().map_or(Json::Null, Into::into),
        rmpv::Value::F32(float) => (*float).into(),
        rmpv::Value::F64(float) => (*float).into(),
        rmpv::Value::String(text) => text.as_str().unwrap().into(),
        rmpv::Value::Binary(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        rmpv::Value::Ext(..) => UNKNOWN.into(),
        rmpv::Value::Array(elements) => elements.iter().map(unpack).collect(),
        rmpv::Value::Map(entries) => {
            let entries =
                entries.iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), unpack(value)));
            Json::Object(entries.collect())
        }
    }
}

/// The summaries of an answer's diagnostics, wherever they are in it.
pub(crate) fn summaries(answer: &Json) -> Vec<String> {
    let list = [&answer["diagnostics"], &answer["diagnostic"], &answer["completed"]["diagnostics"]];
    let found = list.into_iter().filter_map(Json::as_array).flatten();
    found.map(|diagnostic| diagnostic["summary"].as_str().unwrap_or_default().to_owned()).collect()
}
