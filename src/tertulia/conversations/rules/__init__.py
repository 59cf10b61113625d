"""Pure decisions of conversations: who may, what limit, what order. One file a question."""
