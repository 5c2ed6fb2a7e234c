document.title = 'Rampart'
