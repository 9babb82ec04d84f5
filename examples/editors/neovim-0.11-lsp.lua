-- Suggestions in Neovim 0.11 by `dscoder lsp`, without a plugin: put this into ~/.config/nvim/plugin/dscoder.lua.
-- Tab accepts a suggestion, Alt-] shows the next one, Ctrl-] hides it. gra (code actions) fills a selection, completes a
-- function or writes a docstring. Neovim 0.12 can do this by itself: neovim-lsp.lua. Tried with Neovim 0.11.4.
local api, lsp = vim.api, vim.lsp
local space = api.nvim_create_namespace("dscoder")
local timer = vim.uv.new_timer()
local INVOKED, AUTOMATIC = 1, 2
local items, index, cancel = {}, 1, nil

local capabilities = lsp.protocol.make_client_capabilities()
capabilities.textDocument.inlineCompletion = vim.empty_dict()
lsp.config("dscoder", { cmd = { "dscoder", "lsp" }, root_markers = { ".git" }, capabilities = capabilities })
lsp.enable("dscoder")

local function hide()
  timer:stop()
  if cancel then cancel() end
  items, index, cancel = {}, 1, nil
  for _, buffer in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buffer) then api.nvim_buf_clear_namespace(buffer, space, 0, -1) end
  end
end

local function show()
  api.nvim_buf_clear_namespace(0, space, 0, -1)
  local item = items[index]
  local column, line = api.nvim_win_get_cursor(0)[2], api.nvim_get_current_line()
  -- Of the item, what is before the cursor is on the screen already.
  local typed = line:sub(item.from + 1, column)
  if not vim.startswith(item.text, typed) then return end
  local lines = vim.split(item.text:sub(#typed + 1), "\n")
  -- The last one of several lines has the rest of this line, which is covered here.
  local covered = #lines > 1 and line:sub(column + 1, item.till) or ""
  local pad = math.max(0, api.nvim_strwidth(covered) - api.nvim_strwidth(lines[1]))
  api.nvim_buf_set_extmark(0, space, item.row, column, {
    virt_text = { { lines[1] .. (" "):rep(pad), "NonText" } },
    virt_text_pos = #lines > 1 and "overlay" or "inline",
    virt_lines = vim.tbl_map(function(text) return { { text, "NonText" } } end, vim.list_slice(lines, 2)),
  })
end

local function ask(kind, first)
  hide()
  local client = lsp.get_clients({ name = "dscoder", bufnr = 0 })[1]
  if not client or not vim.startswith(api.nvim_get_mode().mode, "i") then return end
  local buffer = api.nvim_get_current_buf()
  local here = function() return { api.nvim_get_current_buf(), vim.b.changedtick, api.nvim_win_get_cursor(0) } end
  local params, asked = lsp.util.make_position_params(0, client.offset_encoding), here()
  params.context = { triggerKind = kind }
  local sent, id = client:request("textDocument/inlineCompletion", params, function(problem, result)
    cancel = nil
    if problem or not result or not vim.deep_equal(asked, here()) then return end
    items = vim.tbl_map(function(item)
      local range = item.range or { start = params.position, ["end"] = params.position }
      local byte = function(at) return vim.str_byteindex(api.nvim_get_current_line(), client.offset_encoding, at, false) end
      local row, from, till = range.start.line, byte(range.start.character), byte(range["end"].character)
      return { text = item.insertText, row = row, from = from, till = till }
    end, result.items or result)
    index = math.min(first, #items)
    if index > 0 then show() end
  end, buffer) -- Not 0: before the request, the client sends the changes of the buffer with this number.
  if sent then cancel = function() client:cancel_request(id) end end
end

local function accept()
  local item = items[index]
  if not item then return "<Tab>" end
  vim.schedule(function()
    hide()
    local lines = vim.split(item.text, "\n")
    api.nvim_buf_set_text(0, item.row, item.from, item.row, item.till, lines)
    local column = #lines == 1 and item.from + #lines[1] or #lines[#lines]
    api.nvim_win_set_cursor(0, { item.row + #lines, column })
  end)
  return ""
end

local function next_one()
  if #items < 2 then return ask(INVOKED, 2) end
  index = index % #items + 1
  show()
end

local group = api.nvim_create_augroup("dscoder", {})
api.nvim_create_autocmd({ "TextChangedI", "CursorMovedI", "InsertEnter" }, {
  group = group,
  callback = function()
    hide()
    timer:start(50, 0, vim.schedule_wrap(function() ask(AUTOMATIC, 1) end))
  end,
})
api.nvim_create_autocmd({ "InsertLeave", "BufLeave" }, { group = group, callback = hide })
vim.keymap.set("i", "<Tab>", accept, { expr = true, desc = "Accept the suggestion" })
vim.keymap.set("i", "<M-]>", next_one, { desc = "Next suggestion" })
vim.keymap.set("i", "<C-]>", hide, { desc = "Hide the suggestion" })
