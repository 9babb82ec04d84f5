" Fills the gap at the cursor: CTRL-L in insert mode, or :DscoderInfill. Put this into ~/.vim/plugin/.
function! DscoderInfill() abort
  let l:answer = systemlist('dscoder infill - -q --timeout 10 --at ' . line('.') . ':' . charcol('.'), getline(1, '$'))
  if v:shell_error
    echomsg join(l:answer)
    return
  endif
  if empty(l:answer)
    return
  endif
  let [l:line, l:at] = [getline('.'), col('.') - 1]
  let l:answer[0] = strpart(l:line, 0, l:at) . l:answer[0]
  let l:end = [line('.') + len(l:answer) - 1, len(l:answer[-1]) + 1]
  let l:answer[-1] .= strpart(l:line, l:at)
  call setline('.', l:answer[0])
  call append('.', l:answer[1:])
  call cursor(l:end)
endfunction

command! DscoderInfill call DscoderInfill()
inoremap <C-L> <Cmd>call DscoderInfill()<CR>
