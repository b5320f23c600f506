"""What each BPMN element does: one class a behaviour, on the stages of ``base``."""
