//! The program; all of it is in `pushforward::cli`.

fn main() -> std::process::ExitCode {
    pushforward::cli::main()
}
