"""Pages and commands over HTTP: function views, each beginning with finding its object as this person."""
