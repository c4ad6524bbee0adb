//! The exit codes, as the help of the program lists them.

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    trusted
  3    finished, but not trusted: the reasons are printed and in run.json
  2    wrong call or configuration, or a folder that cannot be used or resumed; nothing was computed
  4    the density failed; the message names the point
  1    the results could not be written
  130  interrupted by SIGINT or SIGTERM; what was reached is on disk, `resume` goes on from there
A --time-limit that is reached is no error: 0 or 3, by the draws.";
