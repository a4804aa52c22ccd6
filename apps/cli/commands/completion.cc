// `siku completion SHELL`: a script that asks `siku complete` at every tab.
#include "commands/commands.h"

namespace siku::cli {
namespace {

constexpr const char* kBash = R"(_siku() {
  local line candidates=()
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
        < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}") ;;
      :folders) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
        < <(compgen -d -- "${COMP_WORDS[COMP_CWORD]}") ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
    [[ $line == *=$'\t'* || $line == *= ]] && compopt -o nospace 2>/dev/null
  done < <("${COMP_WORDS[0]}" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _siku siku
)";

constexpr const char* kZsh = R"(#compdef siku
_siku() {
  local line
  local -a candidates
  while IFS= read -r line; do
    case $line in
      :files) _files ;;
      :folders) _files -/ ;;
      *) candidates+=("${${line%%$'\t'*}//:/\\:}${${(M)line%$'\t'*}/$'\t'/:}") ;;
    esac
  done < <("${words[1]}" complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#candidates )) && _describe siku candidates
}
compdef _siku siku
)";

constexpr const char* kFish = R"(function __siku_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] complete $words[2..-1] 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path (commandline -ct)
      case :folders
        __fish_complete_directories (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c siku -f -a '(__siku_complete)'
)";

class Completion final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("SHELL", shell_, {"bash, zsh or fish", "bash、zsh 或 fish"},
                         Offer::kNothing);
    arguments.Shows("source <(siku completion bash)", {"for this bash; for all: into ~/.bashrc",
                                                       "用于当前 bash；写进 ~/.bashrc 则长期有效"});
    arguments.Shows("siku completion zsh > ~/.zfunc/_siku",
                    {"a folder of $fpath", "$fpath 中的一个目录"});
    arguments.Shows("siku completion fish > ~/.config/fish/completions/siku.fish",
                    {"for fish", "用于 fish"});
  }
  Result<int> Run(Context& context) override {
    if (shell_ == "bash") {
      context.Print(kBash);
    } else if (shell_ == "zsh") {
      context.Print(kZsh);
    } else if (shell_ == "fish") {
      context.Print(kFish);
    } else {
      return Fail(Code::kInvalid, "this is none of the choices", shell_ + " (bash|zsh|fish)",
                  "SHELL");
    }
    return 0;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> MakeCompletion() { return Make<Completion>(); }

}  // namespace siku::cli
