package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func fragments(text string) (lines []string, whole []bool) {
	eachFragment(strings.NewReader(text), func(line []byte, w bool) {
		lines, whole = append(lines, string(line)), append(whole, w)
	})
	return lines, whole
}

func TestFragments(t *testing.T) {
	long := strings.Repeat("x", fragment+5)
	lines, whole := fragments("a\n\n" + long + "\nend")
	want := []string{"a", "", long[:fragment], long[fragment:], "end"}
	if strings.Join(lines, "|") != strings.Join(want, "|") {
		t.Errorf("fragments have lengths %d, %d, …; want %q and so on", len(lines[0]), len(lines[1]), want[:2])
	}
	for i, w := range []bool{true, true, false, true, false} {
		if whole[i] != w {
			t.Errorf("fragment %d: whole is %v", i, whole[i])
		}
	}
}

func TestDockerKeepsTheNewline(t *testing.T) {
	for whole, text := range map[bool]string{true: "<a>\n", false: "<a>"} {
		record := docker("stderr", []byte("<a>"), whole)
		var read struct{ Log, Stream, Time string }
		if err := json.Unmarshal(record, &read); err != nil || read.Log != text || read.Stream != "stderr" {
			t.Errorf("whole %v: %s: %v", whole, record, err)
		}
		if !bytes.Contains(record, []byte(`\u003ca\u003e`)) {
			t.Errorf("the driver escapes angle brackets: %s", record)
		}
	}
}

func TestCRITags(t *testing.T) {
	if record := string(cri("stdout", nil, true)); !strings.HasSuffix(record, "Z stdout F \n") {
		t.Errorf("empty line: %q", record)
	}
	if record := string(cri("stderr", []byte("a"), false)); !strings.HasSuffix(record, "Z stderr P a\n") {
		t.Errorf("fragment: %q", record)
	}
}
