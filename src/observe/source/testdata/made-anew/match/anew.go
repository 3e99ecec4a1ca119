package match

import (
	"encoding/json"
	"html/template"
	"regexp"
	texttemplate "text/template"
)

const layout = `<p>{{.}}</p>`

var patterns = []string{`a+`, `b+`}

type Desk struct {
	card   []byte
	latest string
}

func NewDesk(card []byte) *Desk { return &Desk{card: card} }

func Mask(text string) string {
	for _, p := range patterns {
		text = regexp.MustCompile(p).ReplaceAllString(text, "*") // want
	}
	return text
}

func Matches(text string) bool {
	re, err := regexp.Compile("^[a-z]+" + "$") // want
	return err == nil && re.MatchString(text)
}

func Page() (*template.Template, error) {
	return template.New("page").Funcs(nil).Parse(layout) // want
}

func Mail() *texttemplate.Template {
	return texttemplate.Must(texttemplate.ParseFiles("mail.tmpl")) // want
}

func (d *Desk) Dishes() ([]string, error) {
	var dishes []string
	err := json.Unmarshal(d.card, &dishes) // want
	return dishes, err
}

func (d *Desk) Names() func(string) bool {
	return func(s string) bool {
		var known []string
		_ = json.Unmarshal([]byte(`["a","b"]`), &known) // want
		return len(known) > 0 && known[0] == s
	}
}
