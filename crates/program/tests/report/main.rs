//! What a run leaves behind: files, folders, figures, and the page in a browser.

mod browser;
mod figures;
mod files;
mod folder;
mod html;
mod page;
