//! The kernels that the build is made of: tried at the first run, remembered, left out or refused where they fail; and AMX's
//! tile configuration, which GCC before 12.4 stores in part.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::command::{Place, finish, skip};

const INFILL: [&str; 8] = ["infill", "-m", "demo", "--prefix", "a.py", "--suffix", "b.py", "-q"];

fn place() -> Place {
    let mut place = Place::new();
    place.set("DSCODER_CACHE_DIR", &place.path("cache").display().to_string());
    place.write("a.py", "def add(a, b):\n    return ");
    place.write("b.py", "\n");
    place
}

#[test]
fn kernels_are_tried_once() {
    let place = place();
    let first = place.run(&INFILL);
    assert_eq!((first.stderr.as_str(), first.code), ("", 0));
    let file = place.path("cache/kernels.json");
    let inode = || fs::metadata(&file).expect("remembered").ino();
    let before = inode();
    assert_eq!(place.run(&INFILL), first);
    assert_eq!(inode(), before, "tried again");
    let report = place.run(&["doctor", "--json"]).stdout;
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let row = report["checks"].as_array().and_then(|rows| rows.iter().find(|row| row["name"] == "kernels"));
    let value = row.and_then(|row| row["value"].as_str()).expect("a row");
    assert!(value.ends_with(": right") && value.len() > ": right".len(), "{value}");
    assert_ne!(inode(), before, "doctor tries again");
}

#[test]
fn a_kernel_that_fails_is_refused() {
    let place = place();
    let right = place.run(&INFILL);
    let file = place.path("cache/kernels.json");
    let plant = |failing: Value| {
        let mut known: Value = serde_json::from_slice(&fs::read(&file).expect("there")).expect("JSON");
        for kernels in known.as_object_mut().expect("an object").values_mut() {
            kernels["packed"] = json!(["AMX"]);
            kernels["failing"] = json!([failing]);
        }
        fs::write(&file, known.to_string()).expect("written");
    };
    // All that the built-in model may be made of: one of them is.
    let mut refused = 0;
    for (kind, name) in [(2, "Q4_0"), (6, "Q5_0"), (8, "Q8_0"), (12, "Q4_K")] {
        plant(json!({"buffer": "mapped", "kind": kind, "name": name, "fault": "crash"}));
        let run = place.run(&INFILL);
        if run.code == 0 {
            assert_eq!(run, right);
            continue;
        }
        refused += 1;
        assert_eq!((run.stdout.as_str(), run.code), ("", 70));
        let why = format!(": the kernel for {name} crashes on ");
        assert!(run.stderr.starts_with("error: cannot run ") && run.stderr.contains(&why), "{}", run.stderr);
    }
    assert!(refused > 0);
    // Without copies for AMX the model runs.
    plant(json!({"buffer": "AMX", "kind": 2, "name": "Q4_0", "fault": "wrong"}));
    assert_eq!(place.run(&INFILL), right);
    for (value, code) in [("auto", 0), ("", 0), ("fast", 2)] {
        let mut command = place.command(INFILL);
        command.env("DSCODER_KERNELS", value);
        assert_eq!(finish(command.spawn().expect("started")).code, code, "{value}");
    }
    // Damaged or unwritable memory is none.
    fs::write(&file, "{").expect("written");
    assert_eq!(place.run(&INFILL), right);
    fs::remove_file(&file).expect("removed");
    fs::create_dir(&file).expect("created");
    assert_eq!(place.run(&INFILL), right);
}

/// What a run of the built-in model says about its weights.
fn weights(place: &Place, more: &[&str]) -> String {
    let run = place.run(&[&["infill", "-m", "demo", "--prefix", "a.py", "--suffix", "b.py", "--stats"], more].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let line = run.stderr.lines().find_map(|line| line.strip_prefix("stats: weights "));
    line.unwrap_or_else(|| panic!("nothing about weights: {}", run.stderr)).to_owned()
}

#[test]
fn weights_are_used_as_the_rates_say() {
    let mut place = place();
    place.set("DSCODER_KERNELS", "auto");
    assert_eq!(weights(&place, &["--kernels", "mapped"]), "mapped: by --kernels");
    let tune = || place.run(&["bench", "--tune", "-m", "demo", "-r", "1", "-n", "4"]);
    let tuned = tune();
    assert_eq!(tuned.code, 0, "{}", tuned.stderr);
    assert!(tuned.stdout.contains("weights mapped, flash attention"), "{}", tuned.stdout);
    let file = place.path("cache/speed.json");
    let can_pack = tuned.stdout.contains("weights packed");
    if can_pack {
        assert_eq!(weights(&place, &["--kernels", "packed"]), "packed: by --kernels");
    } else {
        assert!(tuned.stderr.contains("note: nothing is measured with a copy of the weights: "), "{}", tuned.stderr);
        let run = place.run(&[&INFILL[..7], &["--kernels", "packed"]].concat());
        assert!(run.code == 0 && run.stderr.contains("--kernels packed: weights mapped: "), "{}", run.stderr);
    }
    // Each way takes 9 s for a token of a prompt but those in which `fast` has this value.
    let plant = |fast: &str, value: Value| {
        let read = fs::read(&file).expect("kept");
        let mut known: Value = serde_json::from_slice(&read).expect("JSON");
        for kinds in known.as_object_mut().expect("binaries").values_mut() {
            for measured in
                kinds.as_object_mut().expect("kinds").values_mut().flat_map(|ways| ways.as_array_mut()).flatten()
            {
                measured["load_us"] = json!(1000);
                measured["decode_us"] = json!(1000);
                measured["prefill_us"] = json!(if measured[fast] == value { 1000 } else { 9_000_000 });
            }
        }
        fs::write(&file, known.to_string()).expect("written");
    };
    let planted =
        [("flash", json!(true), "mapped, flash attention"), ("micro_batch", json!(512), "mapped, micro-batch 512")];
    let packed = [("packed", json!(true), "packed")].into_iter().filter(|_| can_pack);
    for (fast, value, words) in planted.into_iter().chain(packed) {
        plant(fast, value);
        let says = weights(&place, &[]);
        assert!(says.starts_with(&format!("{words}: ")) && says.contains(" 1.0 ms a token of a prompt, "), "{says}");
        assert!(says.contains(" measured here; weights mapped: 9000.0 ms"), "{says}");
    }
    // What is no faster than the default is not chosen.
    plant("flash", json!(false));
    let says = weights(&place, &[]);
    assert!(says.starts_with("mapped: ") && says.contains(" 1.0 ms a token of a prompt, "), "{says}");
    // Measuring again replaces what was planted, and the next run goes by it.
    assert_eq!(tune().code, 0);
    let says = weights(&place, &[]);
    assert!(says.contains(" measured here; ") && !says.contains("9000.0"), "{says}");
    // What is damaged counts as nothing.
    fs::write(&file, "{").expect("written");
    let says = weights(&place, &[]);
    assert!(says.ends_with(": the default for this processor and prompt"), "{says}");
}

#[test]
fn a_prompt_is_restored_as_it_was_evaluated_whatever_is_faster_for_the_rest() {
    let mut place = place();
    for (name, value) in [("DSCODER_KERNELS", "auto"), ("DSCODER_NO_CACHE", "0"), ("DSCODER_CACHE_AFTER", "0.001")] {
        place.set(name, value);
    }
    let text = "def area_of_square(side):\n    return side * side\n\n\n".repeat(55) + "def area_of_circle(";
    place.write("one.py", &text);
    place.write("two.py", text.replacen("square", "rectangle", 1));
    // Processors with AMX copy the weights for such a prompt, and not for the rest of a restored one.
    let ask = |file: &str, flash: bool, restored: bool| {
        let run = place.run(&["complete", file, "-m", "demo", "-n", "12", "--until", "end", "--raw", "--stats"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let why = run.stderr.lines().find(|line| line.starts_with("stats: weights ")).expect("why");
        let way = why["stats: ".len()..].split(':').next().unwrap_or_default();
        assert_eq!(way.contains(", flash attention"), flash, "{}", run.stderr);
        assert_eq!(run.stderr.contains("from the cache"), restored, "{}", run.stderr);
        run.stdout
    };
    let first = ask("one.py", false, false);
    // It has kept its own rates.
    let file = place.path("cache/speed.json");
    let mut known: Value = serde_json::from_slice(&fs::read(&file).expect("kept")).expect("JSON");
    let binaries = known.as_object_mut().expect("binaries").values_mut();
    for ways in binaries.flat_map(|kinds| kinds.as_object_mut().expect("kinds").values_mut()) {
        let ways = ways.as_array_mut().expect("ways");
        assert!(ways.len() == 1 && ways[0]["flash"] == json!(false), "{ways:?}");
        assert!(ways[0]["prefill_us"].as_u64() > Some(0), "{ways:?}");
        let mut flash = ways[0].clone();
        (flash["flash"], flash["prefill_us"]) = (json!(true), json!(1));
        ways.push(flash);
    }
    fs::write(&file, known.to_string()).expect("written");
    // Flash attention is faster now, but the first prompt was evaluated without it.
    assert_eq!(ask("one.py", false, true), first);
    let second = ask("two.py", true, false);
    assert_eq!(ask("two.py", true, true), second);
}

#[test]
fn the_child_has_a_usage_error_too() {
    let place = place();
    for arguments in [&["__kernels"][..], &["__kernels", "x"]] {
        assert_eq!(place.run(arguments).code, 2, "{arguments:?}");
    }
    let run = place.run(&["__kernels", "0", "mapped"]);
    assert!(run.code == 0 && run.stdout.ends_with("done\n") && !run.stdout.contains("mapped"), "{}", run.stdout);
}

/// The bytes that tiles need to be other than zero: the palette, and the widths and heights of eight tiles.
fn needed() -> impl Iterator<Item = i64> {
    std::iter::once(0).chain((0..8).map(|tile| 16 + 2 * tile)).chain((0..8).map(|tile| 48 + tile))
}

/// `-0x40(%rsp)` as an offset and a register.
fn operand(text: &str) -> Option<(i64, &str)> {
    let (offset, register) = text.strip_suffix(')')?.split_once('(')?;
    let (sign, digits) = offset.strip_prefix('-').map_or((1, offset), |digits| (-1, digits));
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    let offset = if digits.is_empty() { 0 } else { i64::from_str_radix(digits, 16).ok()? };
    Some((sign * offset, register))
}

/// What of the configuration is missing that the last of these instructions loads: the bytes that no store before it sets
/// to something. `lines` are objdump's, without addresses.
fn missing(lines: &[&str]) -> Vec<i64> {
    let (load, before) = lines.split_last().expect("an instruction");
    let config = load.split_whitespace().nth(1).expect("an operand");
    if config.contains("%rip") {
        // A constant, which is whole.
        return Vec::new();
    }
    let (start, base) = operand(config).expect("an address");
    let mut zeros: Vec<&str> = Vec::new();
    let mut stored = Vec::new();
    for line in before {
        let (name, operands) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let operands = operands.trim();
        let Some((source, target)) = operands.rsplit_once(',').filter(|(_, target)| target.starts_with('%')) else {
            let Some(split) = operands.find(',') else { continue };
            let (source, target) = (&operands[..split], &operands[split + 1..]);
            let Some((offset, register)) = operand(target) else { continue };
            let is_zero = source == "$0x0" || zeros.iter().any(|zero| same(zero, source));
            if register != base || is_zero {
                continue;
            }
            let width = match name {
                "movb" => 1,
                "movw" => 2,
                "movl" => 4,
                "movq" => 8,
                "mov" => register_width(source),
                _ if source.starts_with("%xmm") => 16,
                _ if source.starts_with("%ymm") => 32,
                _ if source.starts_with("%zmm") => 64,
                _ => 0,
            };
            stored.extend(offset - start..offset - start + width);
            continue;
        };
        zeros.retain(|zero| !same(zero, target));
        if name.contains("xor") && source.split(',').all(|source| same(source, target)) {
            zeros.push(target);
        }
    }
    needed().filter(|byte| !stored.contains(byte)).collect()
}

/// Whether two names are of one register: `%xmm1` and `%zmm1`, `%eax` and `%ax`.
fn same(one: &str, other: &str) -> bool {
    fn core(name: &str) -> String {
        let name = name.trim_start_matches('%');
        if let Some(number) = name.strip_prefix(['x', 'y', 'z']).and_then(|name| name.strip_prefix("mm")) {
            return format!("mm{number}");
        }
        if name.starts_with('r') && name[1..].starts_with(|digit: char| digit.is_ascii_digit()) {
            return name.trim_end_matches(['d', 'w', 'b']).to_owned();
        }
        let name = name.strip_prefix(['e', 'r']).filter(|name| name.len() == 2).unwrap_or(name);
        name.trim_end_matches(['l', 'x']).to_owned()
    }
    core(one) == core(other)
}

fn register_width(name: &str) -> i64 {
    let name = name.trim_start_matches('%');
    match name {
        _ if name.starts_with('r') && name.ends_with('d') => 4,
        _ if name.starts_with('r') && name.ends_with('w') => 2,
        _ if name.starts_with('r') && name.ends_with('b') => 1,
        _ if name.starts_with('r') => 8,
        _ if name.starts_with('e') => 4,
        _ if name.ends_with('l') => 1,
        _ => 2,
    }
}

/// The bytes of the longest `ldtilecfg`.
const LOAD: usize = 10;

/// Where the program loads a configuration of tiles: `ldtilecfg` with any address, by its encoding.
fn loads(program: &[u8]) -> Vec<usize> {
    let is_load = |bytes: &[u8]| {
        bytes[0] == 0xc4
            && bytes[1] & 0x1f == 2
            && bytes[2] == 0x78
            && bytes[3] == 0x49
            && bytes[4] & 0x38 == 0
            && bytes[4] >> 6 != 3
    };
    program.windows(5).enumerate().filter(|(_, bytes)| is_load(bytes)).map(|(at, _)| at).collect()
}

/// The instructions before the load at this place of the file, and that one.
fn disassemble(program: &Path, at: usize) -> Option<Vec<String>> {
    let sections = Command::new("objdump").args(["-h"]).arg(program).output().ok()?;
    let sections = String::from_utf8_lossy(&sections.stdout).into_owned();
    let hexadecimal = |word: &str| usize::from_str_radix(word, 16).ok();
    let address = sections.lines().find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let (size, address, start) =
            (hexadecimal(words.get(2)?)?, hexadecimal(words.get(3)?)?, hexadecimal(words.get(5)?)?);
        (words[1].starts_with('.') && (start..start + size).contains(&at)).then(|| address + at - start)
    })?;
    let range = |name: &str, at: usize| format!("--{name}-address={at}");
    let run = Command::new("objdump")
        .args(["-d", "--no-show-raw-insn", "--no-addresses"])
        .args([range("start", address.saturating_sub(400)), range("stop", address + LOAD)])
        .arg(program)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    // Behind the operands, objdump says where they lead.
    let instruction = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    let mut lines: Vec<_> = text.lines().map(instruction).filter(|line| !line.is_empty()).collect();
    let load = lines.iter().rposition(|line| line.starts_with("ldtilecfg"))?;
    lines.truncate(load + 1);
    Some(lines)
}

#[test]
fn the_configuration_of_tiles_is_whole() {
    let program = std::env::var_os("DSCODER_TEST_PROGRAM").unwrap_or(env!("CARGO_BIN_EXE_dscoder").into());
    let program = Path::new(&program);
    let bytes = fs::read(program).expect("the program");
    let places = loads(&bytes);
    if places.is_empty() {
        skip("this build has no code for AMX");
        return;
    }
    if Command::new("objdump").arg("--version").output().is_err() {
        // The products of the self-test run it, where the processor has it.
        skip("there is no objdump");
        return;
    }
    let mut looked_at = 0;
    for at in places {
        // What looks like the instruction may be the inside of another one.
        let Some(lines) = disassemble(program, at) else { continue };
        looked_at += 1;
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(missing(&lines), Vec::<i64>::new(), "not stored: {lines:#?}");
    }
    assert!(looked_at > 0, "no load was disassembled");
}

#[test]
fn a_configuration_in_part_is_noticed() {
    // GCC 12.2 with its own header, and with ours.
    let part =
        ["vpxor  %xmm0,%xmm0,%xmm0", "vmovdqa64 %zmm0,-0x40(%rsp)", "movb   $0x1,-0x40(%rsp)", "ldtilecfg -0x40(%rsp)"];
    assert_eq!(missing(&part).len(), 16);
    let whole = [
        "vpxor  %xmm0,%xmm0,%xmm0",
        "vmovdqa64 %zmm0,-0x40(%rsp)",
        "movb   $0x1,-0x40(%rsp)",
        "movabs $0x20002000400040,%rax",
        "mov    %rax,-0x30(%rsp)",
        "mov    %rax,-0x28(%rsp)",
        "movabs $0x1010101010100808,%rax",
        "mov    %rax,-0x10(%rsp)",
        "ldtilecfg -0x40(%rsp)",
    ];
    assert_eq!(missing(&whole), Vec::<i64>::new());
    assert_eq!(missing(&[&whole[..6], &whole[8..]].concat()), (48..56).collect::<Vec<_>>());
    // A constant that is copied, or used where it is.
    let copied = ["vmovaps 0x1234(%rip),%zmm3", "vmovaps %zmm3,0x40(%rsp)", "ldtilecfg 0x40(%rsp)"];
    assert_eq!(missing(&copied), Vec::<i64>::new());
    assert_eq!(missing(&["ldtilecfg 0x1234(%rip)"]), Vec::<i64>::new());
    assert_eq!(loads(&[0x90, 0xc4, 0xe2, 0x78, 0x49, 0x44, 0x24, 0xc0, 0xc4, 0xe2, 0x78, 0x49, 0xc0]), [1]);
}
