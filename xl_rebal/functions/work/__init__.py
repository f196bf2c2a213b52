"""What the worksheet functions do: each module is imported when a function that needs it is first called."""
