#!/bin/sh
# Prints the Homebrew formula of a release: formula.sh REPOSITORY-URL VERSION DIRECTORY-OF-ARCHIVES
set -eu
repository=$1 version=$2 directory=$3

archive() {
    file=dscoder-$version-$1.tar.gz
    sum=$(sha256sum "$directory/$file")
    printf '    url "%s/releases/download/v%s/%s"\n    sha256 "%s"\n' "$repository" "$version" "$file" "${sum%% *}"
}

cat <<END
class Dscoder < Formula
  desc "Code completion, infill and chat with DeepSeek Coder models"
  homepage "$repository"
  version "$version"
  license "MIT"

  on_macos do
    depends_on arch: :arm64
$(archive aarch64-apple-darwin)
  end
  on_linux do
    on_intel do
$(archive x86_64-v3-unknown-linux-gnu | sed 's/^/  /')
    end
    on_arm do
$(archive aarch64-unknown-linux-gnu | sed 's/^/  /')
    end
  end

  def install
    bin.install "dscoder"
    man1.install Dir["man/*.1"]
    man5.install Dir["man/*.5"]
    man7.install Dir["man/*.7"]
    bash_completion.install "completions/dscoder.bash" => "dscoder"
    zsh_completion.install "completions/_dscoder"
    fish_completion.install "completions/dscoder.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/dscoder --version")
    assert_match "return", pipe_output("#{bin}/dscoder complete -m demo -n 8 --raw", "def add(a, b):\n    ")
  end
end
END
