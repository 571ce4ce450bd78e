//! What a demonstration prints.
use std::path::Path;

use super::{Addresses, Lan, people, shown};
use crate::credentials::Credentials;

/// Prints how to use it and how to stop it.
#[allow(clippy::print_stdout, reason = "the command's answer")]
pub(super) fn print(told: &Credentials, addresses: &Addresses, data: &Path, lan: Option<&Lan>) {
    println!("{}", text(told, addresses, data, lan));
}

fn text(told: &Credentials, addresses: &Addresses, data: &Path, lan: Option<&Lan>) -> String {
    let mut out = String::new();
    let url = &addresses.url;
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line("");
    line("云窗口演示 · Cloud Window demonstration");
    line("");
    line(&format!("  办事终端 kiosk    {url}/kiosk   （选一个布设点 choose one of the 12 sites）"));
    line(&format!("  工作人员 desk     {url}/desk"));
    line(&format!("  指标 metrics      {}", addresses.metrics));
    line(&format!("  数据 data         {}", shown(data)));
    line("");
    line("  登录 sign in（演示账号，人人可用 default accounts that everybody may know）");
    for person in people::logins() {
        line(&format!("    {:<14} {}   {} {}", person.login, person.password, person.number, person.name));
    }
    line("");
    line(
        "  登记码 enrolment codes（15 分钟内有效，各用一次 good once, for 15 minutes; the kiosk page takes one by itself）",
    );
    for pair in told.terminals.chunks(4) {
        let codes: Vec<_> = pair.iter().map(|one| format!("{} {}", one.code, one.enrolment_code)).collect();
        line(&format!("    {}", codes.join("   ")));
    }
    line("");
    match lan {
        None => {
            line("  摄像头只在 localhost 或 HTTPS 下可用；用第二台设备请加 --lan。");
            line("  The camera needs localhost or HTTPS; for a second device start with --lan.");
        }
        Some(_) => {
            line(
                "  第二台设备：连同一网络，打开上面的网址。浏览器会提示“连接不是私密连接”，因为证书是本机自签的：",
            );
            line("  点“高级”→“继续前往”，再允许摄像头和麦克风。只在可信的网络里使用。");
            line(
                "  Second device: join the same network and open the address above. The browser warns that the connection is",
            );
            line(
                "  not private, because this machine signed the certificate itself: choose “Advanced”, “Proceed”, then allow",
            );
            line("  camera and microphone. Anybody in this network can use the accounts above.");
        }
    }
    if !crate::http::pages::built() {
        line("");
        line("  页面尚未构建 the pages are not built: make web && cargo build --package cloud-window");
    }
    line("");
    line("  停止 stop: Ctrl-C      重新开始 start anew: --fresh");
    out
}
