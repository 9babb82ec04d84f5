_dscoder() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="dscoder"
                ;;
            dscoder,bench)
                cmd="dscoder__subcmd__bench"
                ;;
            dscoder,cache)
                cmd="dscoder__subcmd__cache"
                ;;
            dscoder,chat)
                cmd="dscoder__subcmd__chat"
                ;;
            dscoder,complete)
                cmd="dscoder__subcmd__complete"
                ;;
            dscoder,config)
                cmd="dscoder__subcmd__config"
                ;;
            dscoder,doctor)
                cmd="dscoder__subcmd__doctor"
                ;;
            dscoder,download)
                cmd="dscoder__subcmd__download"
                ;;
            dscoder,eval)
                cmd="dscoder__subcmd__eval"
                ;;
            dscoder,git)
                cmd="dscoder__subcmd__git"
                ;;
            dscoder,help)
                cmd="dscoder__subcmd__help"
                ;;
            dscoder,infill)
                cmd="dscoder__subcmd__infill"
                ;;
            dscoder,lsp)
                cmd="dscoder__subcmd__lsp"
                ;;
            dscoder,models)
                cmd="dscoder__subcmd__models"
                ;;
            dscoder,serve)
                cmd="dscoder__subcmd__serve"
                ;;
            dscoder__subcmd__cache,clear)
                cmd="dscoder__subcmd__cache__subcmd__clear"
                ;;
            dscoder__subcmd__cache,help)
                cmd="dscoder__subcmd__cache__subcmd__help"
                ;;
            dscoder__subcmd__cache,list)
                cmd="dscoder__subcmd__cache__subcmd__list"
                ;;
            dscoder__subcmd__cache,path)
                cmd="dscoder__subcmd__cache__subcmd__path"
                ;;
            dscoder__subcmd__cache__subcmd__help,clear)
                cmd="dscoder__subcmd__cache__subcmd__help__subcmd__clear"
                ;;
            dscoder__subcmd__cache__subcmd__help,list)
                cmd="dscoder__subcmd__cache__subcmd__help__subcmd__list"
                ;;
            dscoder__subcmd__cache__subcmd__help,path)
                cmd="dscoder__subcmd__cache__subcmd__help__subcmd__path"
                ;;
            dscoder__subcmd__config,edit)
                cmd="dscoder__subcmd__config__subcmd__edit"
                ;;
            dscoder__subcmd__config,help)
                cmd="dscoder__subcmd__config__subcmd__help"
                ;;
            dscoder__subcmd__config,init)
                cmd="dscoder__subcmd__config__subcmd__init"
                ;;
            dscoder__subcmd__config,path)
                cmd="dscoder__subcmd__config__subcmd__path"
                ;;
            dscoder__subcmd__config,show)
                cmd="dscoder__subcmd__config__subcmd__show"
                ;;
            dscoder__subcmd__config__subcmd__help,edit)
                cmd="dscoder__subcmd__config__subcmd__help__subcmd__edit"
                ;;
            dscoder__subcmd__config__subcmd__help,init)
                cmd="dscoder__subcmd__config__subcmd__help__subcmd__init"
                ;;
            dscoder__subcmd__config__subcmd__help,path)
                cmd="dscoder__subcmd__config__subcmd__help__subcmd__path"
                ;;
            dscoder__subcmd__config__subcmd__help,show)
                cmd="dscoder__subcmd__config__subcmd__help__subcmd__show"
                ;;
            dscoder__subcmd__eval,compare)
                cmd="dscoder__subcmd__eval__subcmd__compare"
                ;;
            dscoder__subcmd__eval,fetch)
                cmd="dscoder__subcmd__eval__subcmd__fetch"
                ;;
            dscoder__subcmd__eval,generate)
                cmd="dscoder__subcmd__eval__subcmd__generate"
                ;;
            dscoder__subcmd__eval,help)
                cmd="dscoder__subcmd__eval__subcmd__help"
                ;;
            dscoder__subcmd__eval,report)
                cmd="dscoder__subcmd__eval__subcmd__report"
                ;;
            dscoder__subcmd__eval,score)
                cmd="dscoder__subcmd__eval__subcmd__score"
                ;;
            dscoder__subcmd__eval__subcmd__help,compare)
                cmd="dscoder__subcmd__eval__subcmd__help__subcmd__compare"
                ;;
            dscoder__subcmd__eval__subcmd__help,fetch)
                cmd="dscoder__subcmd__eval__subcmd__help__subcmd__fetch"
                ;;
            dscoder__subcmd__eval__subcmd__help,generate)
                cmd="dscoder__subcmd__eval__subcmd__help__subcmd__generate"
                ;;
            dscoder__subcmd__eval__subcmd__help,report)
                cmd="dscoder__subcmd__eval__subcmd__help__subcmd__report"
                ;;
            dscoder__subcmd__eval__subcmd__help,score)
                cmd="dscoder__subcmd__eval__subcmd__help__subcmd__score"
                ;;
            dscoder__subcmd__git,help)
                cmd="dscoder__subcmd__git__subcmd__help"
                ;;
            dscoder__subcmd__git,hook)
                cmd="dscoder__subcmd__git__subcmd__hook"
                ;;
            dscoder__subcmd__git,install-hook)
                cmd="dscoder__subcmd__git__subcmd__install__subcmd__hook"
                ;;
            dscoder__subcmd__git,message)
                cmd="dscoder__subcmd__git__subcmd__message"
                ;;
            dscoder__subcmd__git,review)
                cmd="dscoder__subcmd__git__subcmd__review"
                ;;
            dscoder__subcmd__git,uninstall-hook)
                cmd="dscoder__subcmd__git__subcmd__uninstall__subcmd__hook"
                ;;
            dscoder__subcmd__git__subcmd__help,install-hook)
                cmd="dscoder__subcmd__git__subcmd__help__subcmd__install__subcmd__hook"
                ;;
            dscoder__subcmd__git__subcmd__help,message)
                cmd="dscoder__subcmd__git__subcmd__help__subcmd__message"
                ;;
            dscoder__subcmd__git__subcmd__help,review)
                cmd="dscoder__subcmd__git__subcmd__help__subcmd__review"
                ;;
            dscoder__subcmd__git__subcmd__help,uninstall-hook)
                cmd="dscoder__subcmd__git__subcmd__help__subcmd__uninstall__subcmd__hook"
                ;;
            dscoder__subcmd__help,answers)
                cmd="dscoder__subcmd__help__subcmd__answers"
                ;;
            dscoder__subcmd__help,batch)
                cmd="dscoder__subcmd__help__subcmd__batch"
                ;;
            dscoder__subcmd__help,bench)
                cmd="dscoder__subcmd__help__subcmd__bench"
                ;;
            dscoder__subcmd__help,benchmarks)
                cmd="dscoder__subcmd__help__subcmd__benchmarks"
                ;;
            dscoder__subcmd__help,cache)
                cmd="dscoder__subcmd__help__subcmd__cache"
                ;;
            dscoder__subcmd__help,caching)
                cmd="dscoder__subcmd__help__subcmd__caching"
                ;;
            dscoder__subcmd__help,chat)
                cmd="dscoder__subcmd__help__subcmd__chat"
                ;;
            dscoder__subcmd__help,complete)
                cmd="dscoder__subcmd__help__subcmd__complete"
                ;;
            dscoder__subcmd__help,config)
                cmd="dscoder__subcmd__help__subcmd__config"
                ;;
            dscoder__subcmd__help,context)
                cmd="dscoder__subcmd__help__subcmd__context"
                ;;
            dscoder__subcmd__help,conversations)
                cmd="dscoder__subcmd__help__subcmd__conversations"
                ;;
            dscoder__subcmd__help,doctor)
                cmd="dscoder__subcmd__help__subcmd__doctor"
                ;;
            dscoder__subcmd__help,download)
                cmd="dscoder__subcmd__help__subcmd__download"
                ;;
            dscoder__subcmd__help,editors)
                cmd="dscoder__subcmd__help__subcmd__editors"
                ;;
            dscoder__subcmd__help,endpoint)
                cmd="dscoder__subcmd__help__subcmd__endpoint"
                ;;
            dscoder__subcmd__help,eval)
                cmd="dscoder__subcmd__help__subcmd__eval"
                ;;
            dscoder__subcmd__help,exit-codes)
                cmd="dscoder__subcmd__help__subcmd__exit__subcmd__codes"
                ;;
            dscoder__subcmd__help,git)
                cmd="dscoder__subcmd__help__subcmd__git"
                ;;
            dscoder__subcmd__help,git-hooks)
                cmd="dscoder__subcmd__help__subcmd__git__subcmd__hooks"
                ;;
            dscoder__subcmd__help,hardware)
                cmd="dscoder__subcmd__help__subcmd__hardware"
                ;;
            dscoder__subcmd__help,infill)
                cmd="dscoder__subcmd__help__subcmd__infill"
                ;;
            dscoder__subcmd__help,json)
                cmd="dscoder__subcmd__help__subcmd__json"
                ;;
            dscoder__subcmd__help,lsp)
                cmd="dscoder__subcmd__help__subcmd__lsp"
                ;;
            dscoder__subcmd__help,model-files)
                cmd="dscoder__subcmd__help__subcmd__model__subcmd__files"
                ;;
            dscoder__subcmd__help,models)
                cmd="dscoder__subcmd__help__subcmd__models"
                ;;
            dscoder__subcmd__help,security)
                cmd="dscoder__subcmd__help__subcmd__security"
                ;;
            dscoder__subcmd__help,serve)
                cmd="dscoder__subcmd__help__subcmd__serve"
                ;;
            dscoder__subcmd__help,server)
                cmd="dscoder__subcmd__help__subcmd__server"
                ;;
            dscoder__subcmd__help,settings)
                cmd="dscoder__subcmd__help__subcmd__settings"
                ;;
            dscoder__subcmd__help__subcmd__cache,clear)
                cmd="dscoder__subcmd__help__subcmd__cache__subcmd__clear"
                ;;
            dscoder__subcmd__help__subcmd__cache,list)
                cmd="dscoder__subcmd__help__subcmd__cache__subcmd__list"
                ;;
            dscoder__subcmd__help__subcmd__cache,path)
                cmd="dscoder__subcmd__help__subcmd__cache__subcmd__path"
                ;;
            dscoder__subcmd__help__subcmd__config,edit)
                cmd="dscoder__subcmd__help__subcmd__config__subcmd__edit"
                ;;
            dscoder__subcmd__help__subcmd__config,init)
                cmd="dscoder__subcmd__help__subcmd__config__subcmd__init"
                ;;
            dscoder__subcmd__help__subcmd__config,path)
                cmd="dscoder__subcmd__help__subcmd__config__subcmd__path"
                ;;
            dscoder__subcmd__help__subcmd__config,show)
                cmd="dscoder__subcmd__help__subcmd__config__subcmd__show"
                ;;
            dscoder__subcmd__help__subcmd__eval,compare)
                cmd="dscoder__subcmd__help__subcmd__eval__subcmd__compare"
                ;;
            dscoder__subcmd__help__subcmd__eval,fetch)
                cmd="dscoder__subcmd__help__subcmd__eval__subcmd__fetch"
                ;;
            dscoder__subcmd__help__subcmd__eval,generate)
                cmd="dscoder__subcmd__help__subcmd__eval__subcmd__generate"
                ;;
            dscoder__subcmd__help__subcmd__eval,report)
                cmd="dscoder__subcmd__help__subcmd__eval__subcmd__report"
                ;;
            dscoder__subcmd__help__subcmd__eval,score)
                cmd="dscoder__subcmd__help__subcmd__eval__subcmd__score"
                ;;
            dscoder__subcmd__help__subcmd__git,install-hook)
                cmd="dscoder__subcmd__help__subcmd__git__subcmd__install__subcmd__hook"
                ;;
            dscoder__subcmd__help__subcmd__git,message)
                cmd="dscoder__subcmd__help__subcmd__git__subcmd__message"
                ;;
            dscoder__subcmd__help__subcmd__git,review)
                cmd="dscoder__subcmd__help__subcmd__git__subcmd__review"
                ;;
            dscoder__subcmd__help__subcmd__git,uninstall-hook)
                cmd="dscoder__subcmd__help__subcmd__git__subcmd__uninstall__subcmd__hook"
                ;;
            dscoder__subcmd__help__subcmd__models,list)
                cmd="dscoder__subcmd__help__subcmd__models__subcmd__list"
                ;;
            dscoder__subcmd__help__subcmd__models,path)
                cmd="dscoder__subcmd__help__subcmd__models__subcmd__path"
                ;;
            dscoder__subcmd__help__subcmd__models,remove)
                cmd="dscoder__subcmd__help__subcmd__models__subcmd__remove"
                ;;
            dscoder__subcmd__help__subcmd__models,show)
                cmd="dscoder__subcmd__help__subcmd__models__subcmd__show"
                ;;
            dscoder__subcmd__help__subcmd__models,verify)
                cmd="dscoder__subcmd__help__subcmd__models__subcmd__verify"
                ;;
            dscoder__subcmd__help__subcmd__serve,status)
                cmd="dscoder__subcmd__help__subcmd__serve__subcmd__status"
                ;;
            dscoder__subcmd__help__subcmd__serve,stop)
                cmd="dscoder__subcmd__help__subcmd__serve__subcmd__stop"
                ;;
            dscoder__subcmd__models,help)
                cmd="dscoder__subcmd__models__subcmd__help"
                ;;
            dscoder__subcmd__models,list)
                cmd="dscoder__subcmd__models__subcmd__list"
                ;;
            dscoder__subcmd__models,path)
                cmd="dscoder__subcmd__models__subcmd__path"
                ;;
            dscoder__subcmd__models,remove)
                cmd="dscoder__subcmd__models__subcmd__remove"
                ;;
            dscoder__subcmd__models,show)
                cmd="dscoder__subcmd__models__subcmd__show"
                ;;
            dscoder__subcmd__models,verify)
                cmd="dscoder__subcmd__models__subcmd__verify"
                ;;
            dscoder__subcmd__models__subcmd__help,list)
                cmd="dscoder__subcmd__models__subcmd__help__subcmd__list"
                ;;
            dscoder__subcmd__models__subcmd__help,path)
                cmd="dscoder__subcmd__models__subcmd__help__subcmd__path"
                ;;
            dscoder__subcmd__models__subcmd__help,remove)
                cmd="dscoder__subcmd__models__subcmd__help__subcmd__remove"
                ;;
            dscoder__subcmd__models__subcmd__help,show)
                cmd="dscoder__subcmd__models__subcmd__help__subcmd__show"
                ;;
            dscoder__subcmd__models__subcmd__help,verify)
                cmd="dscoder__subcmd__models__subcmd__help__subcmd__verify"
                ;;
            dscoder__subcmd__serve,help)
                cmd="dscoder__subcmd__serve__subcmd__help"
                ;;
            dscoder__subcmd__serve,status)
                cmd="dscoder__subcmd__serve__subcmd__status"
                ;;
            dscoder__subcmd__serve,stop)
                cmd="dscoder__subcmd__serve__subcmd__stop"
                ;;
            dscoder__subcmd__serve__subcmd__help,status)
                cmd="dscoder__subcmd__serve__subcmd__help__subcmd__status"
                ;;
            dscoder__subcmd__serve__subcmd__help,stop)
                cmd="dscoder__subcmd__serve__subcmd__help__subcmd__stop"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        dscoder)
            opts="-h -V --help --version complete infill chat git download models cache serve lsp bench eval config doctor help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__bench)
            opts="-r -n -m -q -v -h --depths --repetitions --tokens --tune --json --model --lora --ctx-size --threads --gpu-layers --kernels --force --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --depths)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repetitions)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -r)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache)
            opts="-q -v -h --quiet --verbose --help list clear path help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache__subcmd__clear)
            opts="-q -v -h --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache__subcmd__help)
            opts="-q -v -h --quiet --verbose --help list clear path"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache__subcmd__help__subcmd__clear)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache__subcmd__help__subcmd__list)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache__subcmd__help__subcmd__path)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache__subcmd__list)
            opts="-q -v -h --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__cache__subcmd__path)
            opts="-q -v -h --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__chat)
            opts="-f -m -q -v -t -n -h --file --system --system-file --no-system --code --lang --session --continue --model --lora --stop --until --raw --candidates --timeout --json --json-lines --logprobs --top-k --top-p --min-p --repeat-penalty --seed --ctx-size --threads --gpu-layers --kernels --force --no-truncate --speculate --draft --no-cache --cache-size --cache-after --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --quiet --verbose --serve --stats --temperature --max-tokens --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                -f)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --system)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --system-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --code)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --lang)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --session)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --until)
                    COMPREPLY=($(compgen -W "auto end line block blank" -- "${cur}"))
                    return 0
                    ;;
                --candidates)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --logprobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-k)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat-penalty)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --draft)
                    COMPREPLY=($(compgen -W "auto 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}"))
                    return 0
                    ;;
                --cache-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cache-after)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --serve)
                    COMPREPLY=($(compgen -W "auto never start" -- "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__complete)
            opts="-m -n -t -q -v -h --batch --parallel --context --repo --context-budget --language --model --lora --max-tokens --stop --until --raw --candidates --timeout --json --json-lines --logprobs --temperature --top-k --top-p --min-p --repeat-penalty --seed --ctx-size --threads --gpu-layers --kernels --force --no-truncate --speculate --draft --no-cache --cache-size --cache-after --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --quiet --verbose --serve --stats --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --batch)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --parallel)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --context)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --repo)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --context-budget)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --language)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --until)
                    COMPREPLY=($(compgen -W "auto end line block blank" -- "${cur}"))
                    return 0
                    ;;
                --candidates)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --logprobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-k)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat-penalty)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --draft)
                    COMPREPLY=($(compgen -W "auto 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}"))
                    return 0
                    ;;
                --cache-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cache-after)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --serve)
                    COMPREPLY=($(compgen -W "auto never start" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config)
            opts="-q -v -h --quiet --verbose --help show path edit init help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__edit)
            opts="-q -v -h --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__help)
            opts="-q -v -h --quiet --verbose --help show path edit init"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__help__subcmd__edit)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__help__subcmd__init)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__help__subcmd__path)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__help__subcmd__show)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__init)
            opts="-q -v -h --force --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__path)
            opts="-q -v -h --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__config__subcmd__show)
            opts="-q -v -h --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__doctor)
            opts="-m -q -v -h --model --json --quiet --verbose --help 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__download)
            opts="-q -v -h --list --sha256 --connections --offline --quiet --verbose --help 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --sha256)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --connections)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval)
            opts="-o -m -t -n -q -v -h --suite-file --code --limit --gold --output --model --lora --as --flavour --samples --temperature --top-p --seed --max-tokens --parallel --ctx-size --threads --gpu-layers --kernels --force --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --execute --scores --sandbox --jobs --time-limit --json --markdown --html --quiet --verbose --help humaneval humaneval-all infilling infilling-all humaneval-python humaneval-cpp humaneval-java humaneval-php humaneval-ts humaneval-cs humaneval-sh humaneval-js mbpp infilling-single-line infilling-multi-line infilling-random-span infilling-random-span-light fim-exact generate fetch score compare report help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --suite-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --code)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --limit)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --output)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                -o)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --as)
                    COMPREPLY=($(compgen -W "published used" -- "${cur}"))
                    return 0
                    ;;
                --flavour)
                    COMPREPLY=($(compgen -W "base instruct" -- "${cur}"))
                    return 0
                    ;;
                --samples)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --parallel)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scores)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --sandbox)
                    COMPREPLY=($(compgen -W "auto none" -- "${cur}"))
                    return 0
                    ;;
                --jobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --time-limit)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --markdown)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --html)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__compare)
            opts="-q -v -h --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__fetch)
            opts="-q -v -h --from --offline --quiet --verbose --help humaneval humaneval-all infilling infilling-all humaneval-python humaneval-cpp humaneval-java humaneval-php humaneval-ts humaneval-cs humaneval-sh humaneval-js mbpp infilling-single-line infilling-multi-line infilling-random-span infilling-random-span-light fim-exact"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --from)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__generate)
            opts="-o -m -t -n -q -v -h --suite-file --code --limit --output --model --lora --as --flavour --samples --temperature --top-p --seed --max-tokens --parallel --ctx-size --threads --gpu-layers --kernels --force --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --quiet --verbose --help humaneval humaneval-all infilling infilling-all humaneval-python humaneval-cpp humaneval-java humaneval-php humaneval-ts humaneval-cs humaneval-sh humaneval-js mbpp infilling-single-line infilling-multi-line infilling-random-span infilling-random-span-light fim-exact"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --suite-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --code)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --limit)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --output)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                -o)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --as)
                    COMPREPLY=($(compgen -W "published used" -- "${cur}"))
                    return 0
                    ;;
                --flavour)
                    COMPREPLY=($(compgen -W "base instruct" -- "${cur}"))
                    return 0
                    ;;
                --samples)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --parallel)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__help)
            opts="-q -v -h --quiet --verbose --help generate fetch score compare report"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__help__subcmd__compare)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__help__subcmd__fetch)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__help__subcmd__generate)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__help__subcmd__report)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__help__subcmd__score)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__report)
            opts="-q -v -h --json --markdown --html --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --markdown)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --html)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__eval__subcmd__score)
            opts="-q -v -h --suite --suite-file --execute --scores --sandbox --jobs --time-limit --json --markdown --html --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --suite)
                    COMPREPLY=($(compgen -W "humaneval-python humaneval-cpp humaneval-java humaneval-php humaneval-ts humaneval-cs humaneval-sh humaneval-js mbpp infilling-single-line infilling-multi-line infilling-random-span infilling-random-span-light fim-exact" -- "${cur}"))
                    return 0
                    ;;
                --suite-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --scores)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --sandbox)
                    COMPREPLY=($(compgen -W "auto none" -- "${cur}"))
                    return 0
                    ;;
                --jobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --time-limit)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --markdown)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --html)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git)
            opts="-h --help message review install-hook uninstall-hook hook help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__help)
            opts="-h --help message review install-hook uninstall-hook"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__help__subcmd__install__subcmd__hook)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__help__subcmd__message)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__help__subcmd__review)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__help__subcmd__uninstall__subcmd__hook)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__hook)
            opts="-m -n -t -q -v -h --style --body --lang --trailer --signoff --diff-tokens --model --lora --max-tokens --stop --until --raw --candidates --json --json-lines --logprobs --temperature --top-k --top-p --min-p --repeat-penalty --seed --ctx-size --threads --gpu-layers --kernels --force --no-truncate --speculate --draft --no-cache --cache-size --cache-after --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --quiet --verbose --serve --stats --timeout --help prepare-commit-msg pre-commit"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --style)
                    COMPREPLY=($(compgen -W "plain conventional" -- "${cur}"))
                    return 0
                    ;;
                --lang)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --trailer)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --diff-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --until)
                    COMPREPLY=($(compgen -W "auto end line block blank" -- "${cur}"))
                    return 0
                    ;;
                --candidates)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --logprobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-k)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat-penalty)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --draft)
                    COMPREPLY=($(compgen -W "auto 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}"))
                    return 0
                    ;;
                --cache-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cache-after)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --serve)
                    COMPREPLY=($(compgen -W "auto never start" -- "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__install__subcmd__hook)
            opts="-q -v -h --chain --quiet --verbose --help prepare-commit-msg pre-commit"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__message)
            opts="-m -n -t -q -v -h --style --body --lang --trailer --signoff --diff-tokens --model --lora --max-tokens --stop --until --raw --candidates --timeout --json --json-lines --logprobs --temperature --top-k --top-p --min-p --repeat-penalty --seed --ctx-size --threads --gpu-layers --kernels --force --no-truncate --speculate --draft --no-cache --cache-size --cache-after --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --quiet --verbose --serve --stats --help -"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --style)
                    COMPREPLY=($(compgen -W "plain conventional" -- "${cur}"))
                    return 0
                    ;;
                --lang)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --trailer)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --diff-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --until)
                    COMPREPLY=($(compgen -W "auto end line block blank" -- "${cur}"))
                    return 0
                    ;;
                --candidates)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --logprobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-k)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat-penalty)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --draft)
                    COMPREPLY=($(compgen -W "auto 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}"))
                    return 0
                    ;;
                --cache-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cache-after)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --serve)
                    COMPREPLY=($(compgen -W "auto never start" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__review)
            opts="-m -t -q -v -n -h --diff-tokens --model --lora --stop --until --raw --candidates --timeout --json --json-lines --logprobs --temperature --top-k --top-p --min-p --repeat-penalty --seed --ctx-size --threads --gpu-layers --kernels --force --no-truncate --speculate --draft --no-cache --cache-size --cache-after --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --quiet --verbose --serve --stats --max-tokens --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --diff-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --until)
                    COMPREPLY=($(compgen -W "auto end line block blank" -- "${cur}"))
                    return 0
                    ;;
                --candidates)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --logprobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-k)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat-penalty)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --draft)
                    COMPREPLY=($(compgen -W "auto 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}"))
                    return 0
                    ;;
                --cache-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cache-after)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --serve)
                    COMPREPLY=($(compgen -W "auto never start" -- "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__git__subcmd__uninstall__subcmd__hook)
            opts="-q -v -h --quiet --verbose --help prepare-commit-msg pre-commit"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help)
            opts="-h --help complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__answers)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__batch)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__bench)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__benchmarks)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__cache)
            opts="list clear path"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__cache__subcmd__clear)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__cache__subcmd__list)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__cache__subcmd__path)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__caching)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__chat)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__complete)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__config)
            opts="show path edit init"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__config__subcmd__edit)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__config__subcmd__init)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__config__subcmd__path)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__config__subcmd__show)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__context)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__conversations)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__doctor)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__download)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__editors)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__endpoint)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__eval)
            opts="generate fetch score compare report"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__eval__subcmd__compare)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__eval__subcmd__fetch)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__eval__subcmd__generate)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__eval__subcmd__report)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__eval__subcmd__score)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__exit__subcmd__codes)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__git)
            opts="message review install-hook uninstall-hook"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__git__subcmd__hooks)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__git__subcmd__install__subcmd__hook)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__git__subcmd__message)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__git__subcmd__review)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__git__subcmd__uninstall__subcmd__hook)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__hardware)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__infill)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__json)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__lsp)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__model__subcmd__files)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__models)
            opts="list show verify remove path"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__models__subcmd__list)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__models__subcmd__path)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__models__subcmd__remove)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__models__subcmd__show)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__models__subcmd__verify)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__security)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__serve)
            opts="status stop"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__serve__subcmd__status)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__serve__subcmd__stop)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__server)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__help__subcmd__settings)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__infill)
            opts="-m -n -t -q -v -h --at --cell --offset --marker --lines --prefix --suffix --whole --diff --in-place --backup --batch --parallel --context --repo --context-budget --language --model --lora --max-tokens --stop --until --raw --candidates --timeout --json --json-lines --logprobs --temperature --top-k --top-p --min-p --repeat-penalty --seed --ctx-size --threads --gpu-layers --kernels --force --no-truncate --speculate --draft --no-cache --cache-size --cache-after --endpoint --endpoint-kind --api-key-file --endpoint-timeout --insecure-http --offline --quiet --verbose --serve --stats --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --at)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cell)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --offset)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --marker)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --lines)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --prefix)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --suffix)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --backup)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --batch)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --parallel)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --context)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --repo)
                    COMPREPLY=()
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o plusdirs
                    fi
                    return 0
                    ;;
                --context-budget)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --language)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --stop)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --until)
                    COMPREPLY=($(compgen -W "auto end line block blank" -- "${cur}"))
                    return 0
                    ;;
                --candidates)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --logprobs)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --temperature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -t)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-k)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --top-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat-penalty)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --draft)
                    COMPREPLY=($(compgen -W "auto 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}"))
                    return 0
                    ;;
                --cache-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cache-after)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --endpoint-kind)
                    COMPREPLY=($(compgen -W "llama-server openai ollama" -- "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --endpoint-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --serve)
                    COMPREPLY=($(compgen -W "auto never start" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__lsp)
            opts="-n -m -q -v -h --candidates --max-tokens --no-context --socket --model --lora --ctx-size --threads --gpu-layers --kernels --force --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --candidates)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-tokens)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --socket)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models)
            opts="-q -v -h --quiet --verbose --help list show verify remove path help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__help)
            opts="-q -v -h --quiet --verbose --help list show verify remove path"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__help__subcmd__list)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__help__subcmd__path)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__help__subcmd__remove)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__help__subcmd__show)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__help__subcmd__verify)
            opts="-q -v --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__list)
            opts="-q -v -h --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__path)
            opts="-q -v -h --quiet --verbose --help 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__remove)
            opts="-y -q -v -h --yes --quiet --verbose --help 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__show)
            opts="-q -v -h --ctx-size --quiet --verbose --help 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__models__subcmd__verify)
            opts="-q -v -h --quiet --verbose --help 1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__serve)
            opts="-m -q -v -h --listen --socket --parallel --idle --max-prompt-ms --api-key-file --allow-host --allow-origin --log --metrics --model --lora --ctx-size --threads --gpu-layers --kernels --force --no-cache --cache-size --cache-after --quiet --verbose --help status stop help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --listen)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --socket)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --parallel)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --idle)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-prompt-ms)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --api-key-file)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --allow-host)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --allow-origin)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --log)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --model)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                -m)
                    COMPREPLY=($(compgen -W "1.3b-base 1.3b-instruct 5.7b-base 6.7b-base 6.7b-instruct 33b-base 33b-instruct 7b-v1.5-base 7b-v1.5-instruct v2-lite-base v2-lite-instruct v2-base v2-instruct demo" -- "${cur}") $(compgen -f -- "${cur}"))
                    [[ "${BASH_VERSINFO[0]}" -ge 4 ]] && compopt -o filenames
                    return 0
                    ;;
                --lora)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ctx-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --threads)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --gpu-layers)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --kernels)
                    COMPREPLY=($(compgen -W "auto mapped packed" -- "${cur}"))
                    return 0
                    ;;
                --cache-size)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cache-after)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__serve__subcmd__help)
            opts="-q -v -h --socket --quiet --verbose --help status stop"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --socket)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__serve__subcmd__help__subcmd__status)
            opts="-q -v --socket --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --socket)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__serve__subcmd__help__subcmd__stop)
            opts="-q -v --socket --quiet --verbose"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 4 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --socket)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__serve__subcmd__status)
            opts="-q -v -h --json --socket --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --socket)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        dscoder__subcmd__serve__subcmd__stop)
            opts="-q -v -h --socket --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --socket)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _dscoder -o nosort -o bashdefault -o default dscoder
else
    complete -F _dscoder -o bashdefault -o default dscoder
fi
