//! A whole provider: one resource, a text file.

use std::process::ExitCode;

use tfplugin::{model::Model, schema::Schema, transport, value::Value, *};

/// A text file.
#[derive(Model)]
struct File {
    /// Where it is. A file at another path is another file.
    #[tf(requires_replace)]
    path: String,
    /// What is in it.
    text: String,
}

struct Files;

#[async_trait]
impl Resource<()> for Files {
    fn schema(&self) -> Schema {
        File::schema()
    }
    async fn create(&self, _: &Context<()>, change: &Change) -> Result<State, Failed> {
        let file = File::from_value(&change.planned)?;
        fs_err::write(&file.path, &file.text).map_err(|error| failed(&error))?;
        Ok(file.into_value().into())
    }
    async fn read(&self, _: &Context<()>, state: &State) -> Result<Option<State>, Diagnostics> {
        let path = File::from_value(&state.value)?.path;
        match fs_err::read_to_string(&path) {
            Ok(text) => Ok(Some(File { path, text }.into_value().into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error).into()),
        }
    }
    async fn update(&self, cx: &Context<()>, change: &Change) -> Result<State, Failed> {
        self.create(cx, change).await
    }
    async fn delete(&self, _: &Context<()>, state: &State) -> Result<(), Failed> {
        let file = File::from_value(&state.value)?;
        fs_err::remove_file(file.path).map_err(|error| failed(&error).into())
    }
}

fn failed(error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("The file cannot be changed").detail(error.to_string())
}

struct Minimal;

#[async_trait]
impl Provider for Minimal {
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::default()
    }
    fn resources(&self) -> Named<dyn Resource<()>> {
        vec![("minimal_file".into(), Box::new(Files))]
    }
    async fn configure(&self, _: &Value, _: &Setup) -> Result<Option<()>, Diagnostics> {
        Ok(Some(()))
    }
}

fn main() -> ExitCode {
    transport::run(Server::new(Minimal), &Options::from_args("example/minimal", std::env::args_os()))
}
