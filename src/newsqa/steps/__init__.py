"""The way of a question: one file a step, one public function each, plain functions over values."""
