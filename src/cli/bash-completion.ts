/**
 * The completion script of bash. It needs nothing but bash itself, may be loaded twice, and leaves file names to bash
 * where Hermes has nothing to offer. It asks `hermes complete -- WORDS`, which answers a line `value<TAB>description`
 * for each candidate, then a line with a colon and a number.
 */
export const BASH_COMPLETION = `# bash completion for hermes
__hermes_complete() {
    local cur=\${COMP_WORDS[COMP_CWORD]} line
    local candidates=()
    while IFS= read -r line; do
        [[ $line == :* ]] || candidates+=("\${line%%$'\\t'*}")
    done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$cur" 2>/dev/null)
    local IFS=$'\\n'
    COMPREPLY=($(compgen -W "\${candidates[*]}" -- "$cur"))
}
complete -o bashdefault -o default -F __hermes_complete hermes
`;
