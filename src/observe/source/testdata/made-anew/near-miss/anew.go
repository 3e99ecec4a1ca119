package nearmiss

import (
	"encoding/json"
	"html/template"
	"regexp"
	"sync"
)

const layout = `<p>{{.}}</p>`

// Once, for the package.
var word = regexp.MustCompile(`^\w+$`)

var pages = template.Must(template.New("page").Parse(layout))

var pattern = `a+`

type Desk struct {
	once  sync.Once
	card  []byte
	re    *regexp.Regexp
	cache map[string]*regexp.Regexp
	all   sync.Map
}

func init() {
	word = regexp.MustCompile(`^\w*$`)
}

// What the caller asks for.
func Find(text, expression string) bool {
	return regexp.MustCompile(expression).MatchString(text)
}

func Decode(body []byte) (v any, err error) {
	err = json.Unmarshal(body, &v)
	return v, err
}

// Set again by SetPattern.
func Matches(text string) bool { return regexp.MustCompile(pattern).MatchString(text) }

func SetPattern(p string) { pattern = p }

// Kept.
func (d *Desk) lazily() *regexp.Regexp {
	if d.re == nil {
		d.re = regexp.MustCompile(`b+`)
	}
	return d.re
}

func (d *Desk) cached(name string) *regexp.Regexp {
	if re, ok := d.cache[name]; ok {
		return re
	}
	re := regexp.MustCompile(`c+`)
	d.cache[name] = re
	return re
}

func (d *Desk) stored(name string) {
	d.all.Store(name, regexp.MustCompile(`d+`))
}

func New() *Desk {
	return &Desk{re: regexp.MustCompile(`e+`), cache: map[string]*regexp.Regexp{}}
}

// Once, however often it is called.
func (d *Desk) once1() {
	d.once.Do(func() { word = regexp.MustCompile(`f+`) })
}

var shared = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`g+`) })

// The field is set by others.
func (d *Desk) Reload(card []byte) { d.card = card }

func (d *Desk) Dishes() (dishes []string, err error) {
	err = json.Unmarshal(d.card, &dishes)
	return dishes, err
}

func (d *Desk) Shared() bool { return shared().MatchString("") && pages != nil }
